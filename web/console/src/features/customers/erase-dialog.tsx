import { Alert, Button, Modal, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import type { ErasureReason } from '@rapport/client'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sayFailed } from '../../lib/say-failed'
import { keys } from '../../queries/keys'
import { askForErasure, personQuery } from '../../queries/privacy'
import classes from './customers.module.css'

const reasons: ErasureReason[] = ['asked', 'contract_ended', 'no_longer_needed', 'mistake']

/** Asks for the name of whoever is to be erased, because it cannot be undone. */
export function EraseDialog({ customerId, onClose }: { customerId: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation(['privacy', 'common'])
  const person = useQuery(personQuery(customerId))
  const label = person.data?.label ?? ''
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('privacy:erase.title', { name: label })}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {person.data ? <Form customerId={customerId} label={label} onClose={onClose} /> : <Skeleton height={240} />}
    </Modal>
  )
}

function Form({ customerId, label, onClose }: { customerId: string; label: string; onClose: () => void }) {
  const { t } = useTranslation(['privacy', 'common'])
  const queries = useQueryClient()
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState<ErasureReason>('asked')
  const erase = useMutation({
    mutationFn: askForErasure,
    onSuccess: onClose,
    onError: sayFailed,
    onSettled: () => queries.invalidateQueries({ queryKey: keys.privacy.all }),
  })
  const fits = typed.trim().toLocaleLowerCase() === label.trim().toLocaleLowerCase()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (fits) erase.mutate({ person_id: customerId, confirmation: typed, reason })
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <Alert color="red" icon={<IconAlertTriangle size={20} aria-hidden />} title={t('privacy:erase.final')}>
        {t('privacy:erase.text')}
      </Alert>
      <NativeSelect
        label={t('privacy:erase.reason')}
        data={reasons.map((value) => ({ value, label: t(`privacy:reason.${value}`) }))}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value as ErasureReason)}
      />
      <TextInput
        label={t('privacy:erase.type', { name: label })}
        value={typed}
        autoComplete="off"
        dir="auto"
        data-autofocus
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button type="submit" color="red" disabled={!fits} loading={erase.isPending}>
          {t('privacy:erase.act')}
        </Button>
      </div>
    </form>
  )
}
