import { Button, SegmentedControl, Textarea } from '@mantine/core'
import type { Id } from '@rapport/client'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameOf } from '../../lib/keys'
import { useAct } from '../../lib/use-act'
import { writeEntry } from '../../queries/customers'
import { showEntry } from '../../queries/live-customer'
import classes from './customers.module.css'

/** A note about a customer, or that they called. */
export function EntryForm({ customerId }: { customerId: Id }) {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const [kind, setKind] = useState<'note' | 'call'>('note')
  const [text, setText] = useState('')
  const write = useAct(() => writeEntry(customerId, { kind, text: text.trim() }), [])
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!text.trim() || write.isPending) return
    write.mutate(undefined, {
      onSuccess: (entry) => {
        setText('')
        showEntry(queries, customerId, entry)
      },
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (nameOf(event.nativeEvent) !== 'mod+Enter') return
    event.preventDefault()
    submit()
  }
  return (
    <form className={classes.entryForm} onSubmit={submit} onKeyDown={onKeyDown}>
      <Textarea
        aria-label={t(kind === 'note' ? 'timeline.noteLabel' : 'timeline.callLabel')}
        placeholder={t(kind === 'note' ? 'timeline.noteLabel' : 'timeline.callLabel')}
        value={text}
        maxLength={20_000}
        autosize
        minRows={1}
        maxRows={8}
        dir="auto"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.entryFormBar}>
        <SegmentedControl
          size="xs"
          aria-label={t('timeline.kind')}
          value={kind}
          data={[
            { value: 'note', label: t('timeline.kinds.note') },
            { value: 'call', label: t('timeline.kinds.call') },
          ]}
          onChange={(value) => setKind(value as typeof kind)}
        />
        <Button type="submit" size="compact-sm" disabled={!text.trim()} loading={write.isPending}>
          {t('timeline.write')}
        </Button>
      </div>
    </form>
  )
}
