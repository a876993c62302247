import type { Message } from '@rapport/client'
import { IconChecks, IconNote } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { AssistantMark, Person } from '../../../components/person'
import { Prose } from '../../../components/prose'
import { Tooltip } from '../../../components/tooltip'
import { useFormat } from '../../../lib/use-format'
import type { Delivery, Mail } from '../../../queries/mail'
import { CardView } from '../cards/card-view'
import { isQuiet } from '../model/mail'
import { AnswerLine } from './answer'
import { Attachments } from './attachments'
import classes from './conversation.module.css'
import { DeliveryLine } from './mail/delivery-line'
import { MailLine } from './mail/mail-line'
import { Notices } from './mail/notices'
import { QuietLine } from './mail/quiet-line'
import { Quoted } from './mail/quoted'

const StrangerBanner = lazy(() =>
  import('./mail/stranger-banner').then((module) => ({ default: module.StrangerBanner })),
)

interface Props {
  message: Message
  isFollowing: boolean
  isSeen: boolean
  /** Of a message that came or went by mail. */
  mail?: Mail | undefined
  delivery?: Delivery | undefined
}

const voiceOf = (message: Message) => (message.kind === 'note' ? 'note' : message.author.kind)

/** One thing said: its place, colour and mark tell who said it and who sees it. */
export function MessageItem({ message, isFollowing, isSeen, mail, delivery }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  const format = useFormat()
  const voice = voiceOf(message)
  if (mail && isQuiet(mail)) return <QuietLine message={message} mail={mail} />
  if (voice === 'system' || message.kind === 'system') return <SystemLine message={message} />
  return (
    <div className={classes.message} data-voice={voice} data-following={isFollowing}>
      <span className={classes.face}>{!isFollowing && <Face message={message} />}</span>
      <div className={classes.bubbleFrame}>
        {!isFollowing && <Byline message={message} />}
        {mail && <MailLine mail={mail} />}
        {mail && isFromStranger(mail) && (
          <Suspense>
            <StrangerBanner mail={mail} />
          </Suspense>
        )}
        <Bubble message={message} isFollowing={isFollowing} mail={mail} />
        {mail && <Notices mail={mail} />}
        {delivery && <DeliveryLine delivery={delivery} />}
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

/** What was said: the words, what is behind them, cards and files. */
function Bubble({ message, isFollowing, mail }: Pick<Props, 'message' | 'isFollowing' | 'mail'>) {
  const { t } = useTranslation('inbox')
  return (
    <div className={classes.bubble}>
      {message.kind === 'note' && isFollowing && <span className={classes.noteWord}>{t('message.note')}</span>}
      {message.html && <Prose html={message.html} />}
      {isErased(message) && <p className={classes.erased}>{t('message.erased')}</p>}
      {shownCards(message).map((card, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cards of a stored message never change places.
        <CardView key={index} card={card} />
      ))}
      {mail?.quoted_html && <Quoted html={mail.quoted_html} />}
      <Attachments attachments={message.attachments} />
    </div>
  )
}

const isFromStranger = (mail: Mail) => mail.is_stranger || mail.notices.includes('split')

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
