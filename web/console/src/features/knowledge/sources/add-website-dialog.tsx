import { Button, Modal, TextInput } from '@mantine/core'
import { Problem } from '@rapport/client'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { languageOf } from '../../../lib/locale'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { createWebsite } from '../../../queries/sources'
import { CommonFields } from './common-fields'
import classes from './sources.module.css'
import { addressOf, isAddress, nameOf, newSite } from './website-draft'

/** Where a website begins and who may be answered from it. Nothing of it is read yet. */
export function AddWebsiteDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation(['sources', 'common'])
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [ownName, setName] = useState<string | null>(null)
  const [common, setCommon] = useState({ audience: 'public' as const, locale: languageOf(i18n.language) as string })
  const address = addressOf(typed)
  const name = ownName ?? nameOf(address)
  const add = useAct(
    () => createWebsite(newSite({ ...common, name: name.trim(), start_url: address })),
    [keys.sources.websites],
  )
  const faults = add.error instanceof Problem ? add.error.fields : {}
  const isReady = isAddress(address) && name.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) return
    add.mutate(undefined, {
      onSuccess: ({ id }) => void navigate({ to: '/knowledge/sources/$sourceId', params: { sourceId: id } }),
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('sources:add.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <p className={classes.quiet}>{t('sources:add.text')}</p>
        <TextInput
          label={t('sources:field.start_url')}
          description={t('sources:field.start_urlText')}
          placeholder="https://help.example.com/"
          value={typed}
          error={faults.start_url}
          required
          dir="ltr"
          inputMode="url"
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <TextInput
          label={t('sources:field.name')}
          value={name}
          error={faults.name}
          required
          maxLength={300}
          dir="auto"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <CommonFields
          values={common}
          onChange={(change) => setCommon((now) => ({ ...now, ...change }) as typeof now)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={!isReady}>
            {t('sources:add.next')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
