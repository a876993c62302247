import { Button, Modal, TextInput } from '@mantine/core'
import { Problem } from '@rapport/client'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { addCompany, type Company, type CompanyFields, changeCompany } from '../../../queries/companies'
import { keys } from '../../../queries/keys'
import classes from '../customers.module.css'

/** A new company, or another name or domain for one. */
export function CompanyDialog({ company, onClose }: { company: Company | null; onClose: () => void }) {
  const { t } = useTranslation(['people', 'common'])
  const navigate = useNavigate()
  const [fields, setFields] = useState({ name: company?.name ?? '', domain: company?.domain ?? '' })
  const act = (body: CompanyFields) => (company ? changeCompany({ id: company.id, ...body }) : addCompany(body))
  const save = useAct(act, [keys.companies.all])
  const faults = save.error instanceof Problem ? save.error.fields : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(
      { name: fields.name.trim(), domain: fields.domain.trim() || null },
      {
        onSuccess: ({ id }) => {
          onClose()
          if (!company) void navigate({ to: '/companies/$companyId', params: { companyId: id } })
        },
      },
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(company ? 'people:companies.change' : 'people:companies.add')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          label={t('people:companies.name')}
          value={fields.name}
          error={faults.name}
          required
          maxLength={200}
          dir="auto"
          data-autofocus
          onChange={(event) => setFields({ ...fields, name: event.currentTarget.value })}
        />
        <TextInput
          label={t('people:companies.domain')}
          description={t('people:companies.domainText')}
          value={fields.domain}
          error={faults.domain}
          maxLength={253}
          dir="ltr"
          onChange={(event) => setFields({ ...fields, domain: event.currentTarget.value })}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!fields.name.trim()}>
            {t('common:action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
