import { Button, Modal, Radio } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Customer } from '@rapport/client'
import { IconEqual, IconEqualNot } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { personName } from '../../../lib/person-name'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { useWords } from '../../../lib/use-words'
import { keys } from '../../../queries/keys'
import { acceptSuggestion, mergeCustomers, type Suggestion, unmergeCustomer } from '../../../queries/profile'
import classes from '../customers.module.css'
import { betterOf, compare } from './compare'
import { Reasons } from './reasons'

interface Props {
  pair: [Customer, Customer]
  /** Where they were suggested. */
  suggestion: Suggestion | null
  onClose: () => void
}

/** Two customers side by side, and which of them remains. Merging can be undone. */
export function MergeDialog({ pair, suggestion, onClose }: Props) {
  const { t } = useTranslation(['people', 'customers', 'common'])
  const [a, b] = pair
  const [intoId, setIntoId] = useState(betterOf(a, b).id)
  const merge = useMerge(suggestion, onClose)
  const into = intoId === a.id ? a : b
  const gone = intoId === a.id ? b : a
  const called = (one: Customer) => personName(one) || t('customers:anonymous')
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('people:merge.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {suggestion && <Reasons suggestion={suggestion} />}
      <Radio.Group value={intoId} onChange={setIntoId} label={t('people:merge.who')} my="sm">
        <div className={classes.pair}>
          {pair.map((each) => (
            <Radio key={each.id} value={each.id} label={called(each)} description={each.email} />
          ))}
        </div>
      </Radio.Group>
      <Comparison pair={pair} names={[called(a), called(b)]} />
      <p className={classes.quiet}>{t('people:merge.text', { gone: called(gone), into: called(into) })}</p>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button loading={merge.isPending} data-autofocus onClick={() => merge.mutate({ gone, into })}>
          {t('people:merge.act')}
        </Button>
      </div>
    </Modal>
  )
}

function Comparison({ pair, names }: { pair: [Customer, Customer]; names: [string, string] }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const value = useWords()
  const fields = compare(...pair, { number: format.number, date: format.date, value })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <div className={classes.tableFrame} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('merge.field')}</th>
            {names.map((name, index) => (
              <th key={pair[index]?.id} scope="col">
                <bdi>{name}</bdi>
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{t('merge.agreement')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ key, values, isSame }) => (
            <tr key={key}>
              <th scope="row">{t(`field.${key}`)}</th>
              {values.map((lines, index) => (
                <td key={pair[index]?.id}>
                  {lines.length === 0 && '–'}
                  {lines.map((line) => (
                    <bdi key={line} className={classes.cell}>
                      {line}
                    </bdi>
                  ))}
                </td>
              ))}
              <td>
                {isSame ? (
                  <IconEqual size={16} aria-label={t('merge.same')} />
                ) : (
                  <IconEqualNot size={16} aria-label={t('merge.different')} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Merge, go to whoever remains, and offer the way back. */
function useMerge(suggestion: Suggestion | null, onDone: () => void) {
  const { t } = useTranslation(['people', 'common'])
  const queries = useQueryClient()
  const navigate = useNavigate()
  const refresh = () => queries.invalidateQueries({ queryKey: keys.customers.all })
  const undo = useAct((id: string) => unmergeCustomer(id), [keys.customers.all], t('people:merge.undone'))
  const act = ({ gone, into }: { gone: Customer; into: Customer }) =>
    suggestion ? acceptSuggestion(suggestion.id, into.id) : mergeCustomers(gone.id, into.id)
  const merge = useAct(act, [])
  return {
    isPending: merge.isPending,
    mutate: (who: { gone: Customer; into: Customer }) =>
      merge.mutate(who, {
        onSuccess: (survivor) => {
          onDone()
          queries.setQueryData(keys.customers.one(survivor.id), survivor)
          void refresh()
          void navigate({ to: '/customers/$customerId', params: { customerId: survivor.id } })
          const id = `merge-${who.gone.id}`
          notifications.show({
            id,
            autoClose: 10_000,
            withCloseButton: true,
            closeButtonProps: { 'aria-label': t('common:action.close') },
            message: (
              <span className={classes.toast}>
                {t('people:merge.done')}
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => {
                    notifications.hide(id)
                    undo.mutate(who.gone.id)
                  }}
                >
                  {t('common:action.undo')}
                </Button>
              </span>
            ),
          })
        },
      }),
  }
}
