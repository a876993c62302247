import type { ComponentProps, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../components/person'
import { useMe } from '../queries/me'

export interface ProfileProps {
  className?: string
  labelClass?: string
  /** What stands below or beside the face; the person's name unless said otherwise. */
  label?: string
}

/** Me, as the button that opens my menu. */
export function ProfileFace({ labelClass, label, ...button }: ProfileProps & ComponentProps<'button'>): ReactNode {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <button type="button" {...button}>
      <Person name={me.user.name} size={22} />
      <span className={labelClass}>{label ?? me.user.name}</span>
      <span className="visually-hidden">{t('profile.menu')}</span>
    </button>
  )
}
