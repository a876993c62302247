import { NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CommonFields } from './common-fields'
import classes from './sources.module.css'
import { type DraftField, faultsOf, MAX_DEPTH, MAX_PAGES, type WebsiteDraft } from './website-draft'

const rhythms = [null, 6, 24, 168, 720]

interface Props {
  draft: WebsiteDraft
  /** What the server said against single fields. */
  told: Record<string, string>
  /** It is being read: only its name, audience and schedule may change. */
  isLocked: boolean
  /** Without its name and first address, which were given before. */
  isSetUp?: boolean
  onChange: (change: Partial<WebsiteDraft>) => void
}

/** Everything that can be said about a website. */
export function WebsiteFields({ draft, told, isLocked, isSetUp = false, onChange }: Props) {
  const { t } = useTranslation('sources')
  const faults = faultsOf(draft)
  const errorOf = (field: DraftField) => {
    const fault = faults[field]
    return (fault && t(`fault.${fault}`)) ?? told[field]
  }
  const lines = (field: 'include' | 'exclude' | 'hosts') => (
    <Textarea
      label={t(`field.${field}`)}
      description={t(`field.${field}Text`)}
      value={draft[field]}
      error={errorOf(field)}
      disabled={isLocked}
      rows={3}
      resize="vertical"
      dir="ltr"
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  )
  const count = (field: 'max_depth' | 'max_pages', min: number, max: number) => (
    <NumberInput
      label={t(`field.${field}`)}
      description={t(`field.${field}Text`)}
      value={draft[field] ?? ''}
      error={errorOf(field)}
      disabled={isLocked}
      min={min}
      max={max}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      hideControls
      onChange={(value) => onChange({ [field]: value === '' ? null : Number(value) })}
    />
  )
  return (
    <>
      {!isSetUp && (
        <>
          <TextInput
            label={t('field.name')}
            value={draft.name}
            error={errorOf('name')}
            maxLength={300}
            dir="auto"
            data-autofocus
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t('field.start_url')}
            description={t('field.start_urlText')}
            value={draft.start_url}
            error={errorOf('start_url')}
            disabled={isLocked}
            dir="ltr"
            inputMode="url"
            onChange={(event) => onChange({ start_url: event.currentTarget.value })}
          />
        </>
      )}
      <Rhythm hours={draft.every_hours} onChange={(every_hours) => onChange({ every_hours })} />
      <div className={classes.two}>
        {count('max_pages', 1, MAX_PAGES)}
        {count('max_depth', 0, MAX_DEPTH)}
      </div>
      {lines('include')}
      {lines('exclude')}
      {!isSetUp && <CommonFields values={draft} isLocked={isLocked} onChange={onChange} />}
      <details className={classes.details}>
        <summary>{t('field.further')}</summary>
        <div className={classes.form}>
          {lines('hosts')}
          <TextInput
            label={t('field.sitemap_url')}
            description={t('field.sitemap_urlText')}
            value={draft.sitemap_url}
            error={errorOf('sitemap_url')}
            disabled={isLocked}
            dir="ltr"
            inputMode="url"
            onChange={(event) => onChange({ sitemap_url: event.currentTarget.value })}
          />
        </div>
      </details>
    </>
  )
}

function Rhythm({ hours, onChange }: { hours: number | null; onChange: (hours: number | null) => void }) {
  const { t } = useTranslation('sources')
  const offered = rhythms.includes(hours) ? rhythms : [...rhythms, hours]
  return (
    <NativeSelect
      label={t('field.every_hours')}
      description={t('field.every_hoursText')}
      value={String(hours ?? '')}
      data={offered.map((each) => ({ value: String(each ?? ''), label: rhythmOf(each) }))}
      onChange={(event) => onChange(event.currentTarget.value ? Number(event.currentTarget.value) : null)}
    />
  )

  function rhythmOf(each: number | null) {
    if (each === null) return t('rhythm.asked')
    if (each === 24) return t('rhythm.daily')
    if (each === 168) return t('rhythm.weekly')
    return each % 24 === 0 ? t('rhythm.days', { count: each / 24 }) : t('rhythm.hours', { count: each })
  }
}
