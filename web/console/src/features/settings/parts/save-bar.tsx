import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from '../settings.module.css'

interface Props {
  isDirty: boolean
  isSaving: boolean
  onSave: () => void
  onDiscard: () => void
}

/** Appears with the first change and stays in sight until it is saved or discarded. */
export function SaveBar({ isDirty, isSaving, onSave, onDiscard }: Props) {
  const { t } = useTranslation(['settings', 'common'])
  if (!isDirty && !isSaving) return null
  return (
    <div className={classes.saveBar} role="status">
      <p>{t('settings:unsaved')}</p>
      <Button variant="subtle" color="gray" disabled={isSaving} onClick={onDiscard}>
        {t('settings:discard')}
      </Button>
      <Button loading={isSaving} onClick={onSave}>
        {t('common:action.save')}
      </Button>
    </div>
  )
}
