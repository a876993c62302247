import { NativeSelect, type NativeSelectProps } from '@mantine/core'
import type { Role } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { roles } from './queries'

interface Props extends Omit<NativeSelectProps, 'onChange' | 'data' | 'value'> {
  value: Role
  onChange: (role: Role) => void
}

/** What a person or a key may do. */
export function RoleSelect({ value, onChange, ...rest }: Props) {
  const { t } = useTranslation('settings')
  return (
    <NativeSelect
      {...rest}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Role)}
      data={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
    />
  )
}
