import { Button, Modal, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type Customer, Problem } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../lib/explain'
import { personName } from '../../lib/person-name'
import { useUpdateCustomer } from '../../queries/customers'
import classes from './customers.module.css'

const fields = ['name', 'email', 'phone', 'company'] as const
type Field = (typeof fields)[number]
type Values = Record<Field, string>

/** Only what was changed, an emptied field as null; a name may be empty but is never null. */
export function changesOf(customer: Customer, values: Values): Partial<Customer> {
  const changed = fields.filter((field) => values[field].trim() !== (customer[field] ?? ''))
  return Object.fromEntries(changed.map((field) => [field, values[field].trim() || (field === 'name' ? '' : null)]))
}

export function EditDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation(['customers', 'common'])
  const update = useUpdateCustomer(customer.id)
  const [values, setValues] = useState<Values>({
    name: customer.name,
    email: customer.email ?? '',
    phone: customer.phone ?? '',
    company: customer.company ?? '',
  })
  const faults = update.error instanceof Problem ? update.error.fields : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    update.mutate(changesOf(customer, values), {
      onSuccess: () => {
        notifications.show({ message: t('customers:saved') })
        onClose()
      },
      onError: (error) =>
        notifications.show({ color: 'red', title: t('common:state.failed'), message: explain(error) }),
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('customers:editTitle', { name: personName(customer) || t('customers:anonymous') })}
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
            dir="auto"
            data-autofocus={field === 'name' || undefined}
            onChange={(event) => setValues({ ...values, [field]: event.currentTarget.value })}
          />
        ))}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={update.isPending}>
            {t('common:action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
