import { ActionIcon, Button, Menu, NativeSelect, TextInput } from '@mantine/core'
import type { Customer, Identity } from '@rapport/client'
import {
  IconDots,
  IconHelpCircle,
  IconPlus,
  IconRosetteDiscountCheck,
  IconTrash,
  IconUsersGroup,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../../../components/confirm'
import { Tooltip } from '../../../components/tooltip'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { labelOf } from '../../../lib/use-words'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import { addIdentity, changeIdentity, removeIdentity } from '../../../queries/profile'
import classes from '../customers.module.css'

/** How a customer is reached: what is proved, what is only claimed, and where each comes from. */
export function Identities({ customer }: { customer: Customer }) {
  const { t } = useTranslation('people')
  const mayWrite = useCan('customers.write') && !customer.erased_at
  const [isAdding, setAdding] = useState(false)
  const all = [...customer.identities, ...customer.claims]
  return (
    <section className={classes.card}>
      <div className={classes.cardTop}>
        <h2>{t('identities.title')}</h2>
        {mayWrite && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
            aria-expanded={isAdding}
            onClick={() => setAdding(!isAdding)}
          >
            {t('identities.add')}
          </Button>
        )}
      </div>
      {isAdding && <AddForm customerId={customer.id} onDone={() => setAdding(false)} />}
      {all.length === 0 && <p className={classes.quiet}>{t('identities.none')}</p>}
      <ul className={classes.lines}>
        {all.map((identity) => (
          <Row key={identity.id} customer={customer} identity={identity} mayWrite={mayWrite} />
        ))}
      </ul>
    </section>
  )
}

const channels = ['email', 'phone', 'website', 'webchat', 'anonymous'] as const
const sources = ['webchat', 'mail', 'agent', 'import', 'api', 'token'] as const

const among = <T extends string>(known: readonly T[], value: string): T | undefined =>
  known.find((each) => each === value)

/** A channel as people call it. */
export function useChannelName() {
  const { t } = useTranslation('people')
  return (channel: string) => {
    const known = among(channels, channel)
    return known ? t(`channel.${known}`) : labelOf(channel)
  }
}

interface RowProps {
  customer: Customer
  identity: Identity
  mayWrite: boolean
}

function Row({ customer, identity, mayWrite }: RowProps) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const nameOf = useChannelName()
  const source = among(sources, identity.source)
  return (
    <li className={classes.line}>
      <span className={classes.lineText}>
        <bdi dir="ltr" className={classes.address}>
          {identity.address}
        </bdi>
        <span className={classes.note}>
          {nameOf(identity.channel)}
          {source && ` · ${t(`source.${source}`)}`}
          {` · ${format.date(identity.created_at)}`}
        </span>
      </span>
      <span className={classes.marks}>
        <Proof identity={identity} />
        {identity.is_shared && (
          <Tooltip label={t('identities.sharedText')}>
            <span className={classes.mark}>
              <IconUsersGroup size={14} aria-hidden />
              {t('identities.shared')}
            </span>
          </Tooltip>
        )}
      </span>
      {mayWrite && !identity.claimed && <RowMenu customer={customer} identity={identity} />}
      {mayWrite && identity.claimed && <AcceptButton customer={customer} identity={identity} />}
    </li>
  )
}

/** Proved, or only said: an icon and the word. */
function Proof({ identity }: { identity: Identity }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  if (identity.verified) {
    return (
      <Tooltip label={identity.verified_at && format.exact(identity.verified_at)}>
        <span className={classes.mark} data-good>
          <IconRosetteDiscountCheck size={14} aria-hidden />
          {t('identities.proved')}
        </span>
      </Tooltip>
    )
  }
  return (
    <Tooltip label={t(identity.claimed ? 'identities.claimedText' : 'identities.unprovedText')}>
      <span className={classes.mark}>
        <IconHelpCircle size={14} aria-hidden />
        {t(identity.claimed ? 'identities.claimed' : 'identities.unproved')}
      </span>
    </Tooltip>
  )
}

function RowMenu({ customer, identity }: Omit<RowProps, 'mayWrite'>) {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const key = keys.customers.one(customer.id)
  const [isRemoving, setRemoving] = useState(false)
  const change = useAct(
    (body: { is_shared?: boolean; verified?: true }) => changeIdentity(customer.id, identity.id, body),
    [key],
  )
  const remove = useAct(() => removeIdentity(customer.id, identity.id), [key])
  const put = (body: { is_shared?: boolean; verified?: true }) =>
    change.mutate(body, { onSuccess: (changed) => queries.setQueryData(key, changed) })
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('identities.more', { address: identity.address })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!identity.verified && (
            <Menu.Item
              leftSection={<IconRosetteDiscountCheck size={16} aria-hidden />}
              onClick={() => put({ verified: true })}
            >
              {t('identities.prove')}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconUsersGroup size={16} aria-hidden />}
            onClick={() => put({ is_shared: !identity.is_shared })}
          >
            {t(identity.is_shared ? 'identities.unshare' : 'identities.share')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setRemoving(true)}>
            {t('identities.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={isRemoving}
        title={t('identities.removeTitle', { address: identity.address })}
        text={t('identities.removeText')}
        act={t('identities.remove')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(undefined, { onSuccess: () => setRemoving(false) })}
        onClose={() => setRemoving(false)}
      />
    </>
  )
}

const addable = ['email', 'phone', 'website'] as const

/** What is only claimed becomes theirs, if nobody else has it. */
function AcceptButton({ customer, identity }: Omit<RowProps, 'mayWrite'>) {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const key = keys.customers.one(customer.id)
  const channel = among(addable, identity.channel)
  const accept = useAct(
    (kind: (typeof addable)[number]) => addIdentity(customer.id, { channel: kind, address: identity.address }),
    [key],
  )
  if (!channel) return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={accept.isPending}
      aria-label={t('identities.acceptOne', { address: identity.address })}
      onClick={() => accept.mutate(channel, { onSuccess: (changed) => queries.setQueryData(key, changed) })}
    >
      {t('identities.accept')}
    </Button>
  )
}

function AddForm({ customerId, onDone }: { customerId: string; onDone: () => void }) {
  const { t } = useTranslation(['people', 'common'])
  const queries = useQueryClient()
  const [channel, setChannel] = useState<(typeof addable)[number]>('email')
  const [address, setAddress] = useState('')
  const add = useAct(() => addIdentity(customerId, { channel, address: address.trim() }), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!address.trim()) return
    add.mutate(undefined, {
      onSuccess: (changed) => {
        queries.setQueryData(keys.customers.one(customerId), changed)
        onDone()
      },
    })
  }
  return (
    <form className={classes.inline} onSubmit={submit}>
      <NativeSelect
        aria-label={t('people:identities.channel')}
        value={channel}
        data={addable.map((value) => ({ value, label: t(`people:channel.${value}`) }))}
        onChange={(event) => setChannel(event.currentTarget.value as typeof channel)}
      />
      <TextInput
        className={classes.grow}
        aria-label={t('people:identities.address')}
        value={address}
        maxLength={320}
        dir="ltr"
        data-autofocus
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <Button type="submit" loading={add.isPending} disabled={!address.trim()}>
        {t('people:add')}
      </Button>
    </form>
  )
}
