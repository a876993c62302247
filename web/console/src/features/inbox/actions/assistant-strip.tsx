import { Button } from '@mantine/core'
import type { MyConversation } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { Hint } from '../../../components/key-hint'
import { AssistantMark } from '../../../components/person'
import classes from './actions.module.css'
import { useChange } from './use-change'

/** Says above the composer that the machine answers now, and how to take over. */
export function AssistantStrip({ conversation }: { conversation: MyConversation }) {
  const { t } = useTranslation('inbox')
  const change = useChange(conversation)
  if (conversation.handler !== 'assistant') return null
  return (
    <div className={classes.strip}>
      <AssistantMark size={22} />
      <span className={classes.stripText}>{t('actions.assistantAnswers')}</span>
      <Hint label={t('actions.takeOverHint')} position="top">
        <Button
          size="compact-sm"
          variant="light"
          className={classes.takeOver}
          onClick={() => change.mutate({ kind: 'handler', handler: 'agent' })}
        >
          {t('actions.takeOver')}
        </Button>
      </Hint>
    </div>
  )
}
