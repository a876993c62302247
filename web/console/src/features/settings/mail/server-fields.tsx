import { NativeSelect, NumberInput, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from '../settings.module.css'
import mail from './mail.module.css'
import { type Security, type Server, withSecurity } from './model'

const securities = ['tls', 'starttls', 'plain'] as const
const auths = ['password', 'oauth'] as const

interface Props<T extends Server> {
  way: 'imap' | 'smtp'
  value: T
  onChange: (value: T) => void
  password: string
  onPassword: (password: string) => void
  /** Whether one is kept that still fits. */
  isKept?: boolean
  /** Whether one was kept for another server or user. */
  isGone?: boolean
  /** Whether the password is typed elsewhere. */
  hidesPassword?: boolean
}

/** Where a server is and how one signs in there. */
export function ServerFields<T extends Server>(props: Props<T>) {
  const { way, value, onChange, password, onPassword, isKept, isGone, hidesPassword } = props
  const { t } = useTranslation('mailboxes')
  const set = (change: Partial<Server>) => onChange({ ...value, ...change })
  const byPassword = value.auth === 'password'
  return (
    <>
      <div className={mail.server}>
        <TextInput
          label={t('server.host')}
          value={value.host}
          required
          dir="ltr"
          maxLength={253}
          autoComplete="off"
          onChange={(event) => set({ host: event.currentTarget.value.trim() })}
        />
        <NativeSelect
          label={t('server.security')}
          value={value.security}
          onChange={(event) => onChange(withSecurity(value, way, event.currentTarget.value as Security))}
          data={securities.map((each) => ({ value: each, label: t(`server.securities.${each}`) }))}
        />
        <NumberInput
          label={t('server.port')}
          value={value.port}
          min={1}
          max={65_535}
          hideControls
          allowDecimal={false}
          allowNegative={false}
          required
          onChange={(port) => set({ port: Number(port) || 1 })}
        />
      </div>
      {value.security === 'plain' && <p className={mail.warning}>{t('server.plainHint')}</p>}
      <SegmentedControl
        aria-label={t('server.auth')}
        value={value.auth}
        onChange={(auth) => set({ auth: auth as Server['auth'] })}
        data={auths.map((each) => ({ value: each, label: t(`server.auths.${each}`) }))}
      />
      <div className={classes.pair}>
        <TextInput
          label={t('server.user')}
          description={way === 'smtp' && byPassword ? t('sending.noLogin') : undefined}
          value={value.user}
          required={way === 'imap' || !byPassword}
          dir="ltr"
          maxLength={320}
          autoComplete="off"
          onChange={(event) => set({ user: event.currentTarget.value.trim() })}
        />
        {byPassword && !hidesPassword && (
          <PasswordInput
            label={t('server.password')}
            value={password}
            placeholder={isKept ? t('server.passwordKept') : undefined}
            error={isGone && !password ? t('server.passwordAnew') : undefined}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('server.show') }}
            onChange={(event) => onPassword(event.currentTarget.value)}
          />
        )}
      </div>
    </>
  )
}
