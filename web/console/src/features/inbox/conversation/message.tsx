import type { Message } from '@rapport/client'
import { IconChecks, IconNote } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { AssistantMark, Person } from '../../../components/person'
import { Prose } from '../../../components/prose'
import { Tooltip } from '../../../components/tooltip'
import { useFormat } from '../../../lib/use-format'
import { CardView } from '../cards/card-view'
import { AnswerLine } from './answer'
import { Attachments } from './attachments'
import classes from './conversation.module.css'

interface Props {
  message: Message
  isFollowing: boolean
  isSeen: boolean
}

const voiceOf = (message: Message) => (message.kind === 'note' ? 'note' : message.author.kind)

/** One thing said: its place, colour and mark tell who said it and who sees it. */
export function MessageItem({ message, isFollowing, isSeen }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  const format = useFormat()
  const voice = voiceOf(message)
  if (voice === 'system' || message.kind === 'system') return <SystemLine message={message} />
  return (
    <div className={classes.message} data-voice={voice} data-following={isFollowing}>
      <span className={classes.face}>{!isFollowing && <Face message={message} />}</span>
      <div className={classes.bubbleFrame}>
        {!isFollowing && <Byline message={message} />}
        <div className={classes.bubble}>
          {message.kind === 'note' && isFollowing && (
            <span className={classes.noteWord}>{t('inbox:message.note')}</span>
          )}
          {message.html && <Prose html={message.html} />}
          {isErased(message) && <p className={classes.erased}>{t('inbox:message.erased')}</p>}
          {shownCards(message).map((card, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the cards of a stored message never change places.
            <CardView key={index} card={card} />
          ))}
          <Attachments attachments={message.attachments} />
        </div>
        {message.author.kind === 'assistant' && <AnswerLine message={message} />}
        {isSeen && (
          <Tooltip label={t('inbox:message.seenHint')}>
            <span className={classes.seen}>
              <IconChecks size={14} aria-hidden />
              {t('inbox:message.seen')}
            </span>
          </Tooltip>
        )}
      </div>
      {isFollowing && <span className={classes.hoverTime}>{format.time(message.created_at)}</span>}
    </div>
  )
}

const isErased = ({ html, cards, attachments }: Message) => !html && !cards.length && !attachments.length

/** The sources of an assistant's answer are shown as chips below it. */
const shownCards = ({ author, cards }: Message) =>
  author.kind === 'assistant' ? cards.filter((card) => card.kind !== 'sources') : cards

function Face({ message }: { message: Message }) {
  const { t } = useTranslation('common')
  if (message.author.kind === 'assistant') return <AssistantMark size={30} />
  return <Person name={message.author.name || t('visitor')} size={30} />
}

function Byline({ message }: { message: Message }) {
  const { t } = useTranslation(['inbox', 'common'])
  const format = useFormat()
  const isAssistant = message.author.kind === 'assistant'
  const name = message.author.name || t(isAssistant ? 'common:assistant' : 'common:visitor')
  return (
    <p className={classes.byline}>
      <bdi className={classes.author}>{name}</bdi>
      {isAssistant && name !== t('common:assistant') && (
        <span className={classes.assistantWord}>{t('common:assistant')}</span>
      )}
      {message.kind === 'note' && (
        <span className={classes.noteWord}>
          <IconNote size={13} aria-hidden />
          {t('inbox:message.note')}
        </span>
      )}
      <Tooltip label={format.exact(message.created_at)}>
        <time dateTime={message.created_at} className="tabular">
          {format.time(message.created_at)}
        </time>
      </Tooltip>
    </p>
  )
}

function SystemLine({ message }: { message: Message }) {
  const format = useFormat()
  return (
    <div className={classes.system}>
      <Tooltip label={format.exact(message.created_at)}>
        <span>
          <Prose html={message.html} />
        </span>
      </Tooltip>
    </div>
  )
}
