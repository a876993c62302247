import { useTranslation } from 'react-i18next'
import { Person } from '../../../components/person'
import { Tooltip } from '../../../components/tooltip'
import { useMe } from '../../../queries/me'
import { useMembersById } from '../../../queries/people'
import { useViewers } from '../model/presence'
import classes from './conversation.module.css'

/** Which colleagues look at this conversation too. */
export function Viewers({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation('inbox')
  const me = useMe()
  const members = useMembersById()
  const others = useViewers(conversationId)
    .filter((id) => id !== me.user.id)
    .flatMap((id) => members.get(id) ?? [])
  if (others.length === 0) return null
  return (
    <ul className={classes.viewers} aria-label={t('viewers.label')}>
      {others.slice(0, 3).map((member) => (
        <li key={member.id}>
          <Tooltip label={t('viewers.one', { name: member.name })}>
            <span>
              <Person name={member.name} size={24} />
              <span className="visually-hidden">{t('viewers.one', { name: member.name })}</span>
            </span>
          </Tooltip>
        </li>
      ))}
    </ul>
  )
}
