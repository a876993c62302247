import { Button, Modal, TextInput } from '@mantine/core'
import { Problem } from '@rapport/client'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../lib/use-act'
import { keys } from '../../queries/keys'
import { addCustomer } from '../../queries/profile'
import classes from './customers.module.css'

const fields = ['name', 'email', 'phone', 'company'] as const
type Values = Record<(typeof fields)[number], string>

/** A customer who has not written yet. */
export function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['customers', 'people', 'common'])
  const navigate = useNavigate()
  const [values, setValues] = useState<Values>({ name: '', email: '', phone: '', company: '' })
  const add = useAct(addCustomer, [keys.customers.all])
  const faults = add.error instanceof Problem ? add.error.fields : {}
  const filled = Object.entries(values).filter(([, value]) => value.trim())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(Object.fromEntries(filled), {
      onSuccess: ({ id }) => {
        onClose()
        void navigate({ to: '/customers/$customerId', params: { customerId: id } })
      },
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('people:menu.add')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        {fields.map((field) => (
          <TextInput
            key={field}
            label={t(`customers:${field}`)}
            type={field === 'email' ? 'email' : field === 'phone' ? 'tel' : 'text'}
            value={values[field]}
            error={faults[field]}
            maxLength={200}
            dir="auto"
            data-autofocus={field === 'name' || undefined}
            onChange={(event) => setValues({ ...values, [field]: event.currentTarget.value })}
          />
        ))}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" disabled={filled.length === 0} loading={add.isPending}>
            {t('people:add')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
