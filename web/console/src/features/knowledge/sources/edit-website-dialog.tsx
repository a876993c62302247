import { Alert, Button, Modal } from '@mantine/core'
import { Problem, type Website } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeWebsite, isUnderWay } from '../../../queries/sources'
import classes from './sources.module.css'
import { useWebsiteAct } from './use-website-act'
import { draftOf, faultsOf, patchOf, type WebsiteDraft } from './website-draft'
import { WebsiteFields } from './website-fields'

/** Change what is read of a website, how often, and for whom. */
export function EditWebsiteDialog({ website, onClose }: { website: Website; onClose: () => void }) {
  const { t } = useTranslation(['sources', 'common'])
  const [draft, setDraft] = useState(() => draftOf(website))
  const save = useWebsiteAct((change: WebsiteDraft) => changeWebsite(website.id, patchOf(website, change)))
  const isReady = Object.keys(faultsOf(draft)).length === 0
  const isLocked = isUnderWay(website)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) save.mutate(draft, { onSuccess: onClose })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={false}
      title={t('sources:edit.title', { name: website.name })}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {isLocked && <Alert color="blue">{t('sources:edit.locked')}</Alert>}
        <WebsiteFields
          draft={draft}
          told={save.error instanceof Problem ? save.error.fields : {}}
          isLocked={isLocked}
          onChange={(change) => setDraft((now) => ({ ...now, ...change }))}
        />
        <p className={classes.quiet}>{t('sources:edit.text')}</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isReady}>
            {t('common:action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
