import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import { addPain, changePain, type PainPoint, painsQuery, removePain } from '../../../queries/profile'
import classes from '../customers.module.css'

interface Props {
  customerId: string
  isErased: boolean
}

/** What makes the customer's life hard: noted by people, ticked off when it is mended. */
export function PainsCard({ customerId, isErased }: Props) {
  const { t } = useTranslation('people')
  const pains = useQuery(painsQuery(customerId))
  const mayWrite = useCan('customers.write') && !isErased
  return (
    <section className={classes.card}>
      <h2>{t('pains.title')}</h2>
      {pains.isPending && <RowSkeletons rows={2} height={40} />}
      {pains.isError && <Failed error={pains.error} retry={() => void pains.refetch()} />}
      {pains.data?.length === 0 && <p className={classes.quiet}>{t('pains.none')}</p>}
      <ul className={classes.lines}>
        {pains.data?.map((pain) => (
          <Row key={pain.id} customerId={customerId} pain={pain} mayWrite={mayWrite} />
        ))}
      </ul>
      {mayWrite && <AddForm customerId={customerId} />}
    </section>
  )
}

function Row({ customerId, pain, mayWrite }: { customerId: string; pain: PainPoint; mayWrite: boolean }) {
  const { t } = useTranslation('people')
  const key = keys.customers.pains(customerId)
  const change = useAct((is_resolved: boolean) => changePain(customerId, pain.id, { is_resolved }), [key])
  const remove = useAct(() => removePain(customerId, pain.id), [key])
  return (
    <li className={classes.line}>
      <Checkbox
        aria-label={t('pains.resolve', { text: pain.text })}
        checked={pain.resolved_at !== null}
        disabled={!mayWrite || change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
      <span className={classes.lineText} data-done={pain.resolved_at !== null || undefined}>
        <bdi>{pain.text}</bdi>
        <span className={classes.note}>
          {pain.by?.name ? `${pain.by.name} · ` : ''}
          <TimeAgo at={pain.resolved_at ?? pain.created_at} />
        </span>
      </span>
      {mayWrite && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('pains.remove', { text: pain.text })}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </li>
  )
}

function AddForm({ customerId }: { customerId: string }) {
  const { t } = useTranslation('people')
  const [text, setText] = useState('')
  const add = useAct((words: string) => addPain(customerId, words), [keys.customers.pains(customerId)])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim()) add.mutate(text.trim(), { onSuccess: () => setText('') })
  }
  return (
    <form className={classes.inline} onSubmit={submit}>
      <TextInput
        className={classes.grow}
        aria-label={t('pains.new')}
        placeholder={t('pains.new')}
        value={text}
        maxLength={2_000}
        dir="auto"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={add.isPending} disabled={!text.trim()}>
        {t('add')}
      </Button>
    </form>
  )
}
