import { useTranslation } from 'react-i18next'
import { useMe } from '../../../queries/me'
import { useTypists } from '../model/presence'
import classes from './conversation.module.css'

/** Who writes at this moment. The line keeps its height, so that nothing jumps. */
export function TypingLine({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation(['inbox', 'common'])
  const me = useMe()
  const typists = useTypists(conversationId).filter((each) => each.id !== me.user.id)
  const first = typists[0]
  const name = first?.name || t('common:visitor')
  const text = !first
    ? ''
    : typists.length > 1
      ? t('inbox:typing.many')
      : t(first.note ? 'inbox:typing.note' : 'inbox:typing.one', { name })
  return (
    <p className={classes.typing} role="status">
      {text && (
        <>
          <span className={classes.dots} aria-hidden>
            <i />
            <i />
            <i />
          </span>
          {text}
        </>
      )}
    </p>
  )
}
