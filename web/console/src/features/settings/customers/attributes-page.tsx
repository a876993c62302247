import { ActionIcon, Button } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconListDetails, IconPencil, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../../../components/confirm'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { useLivePeople } from '../../../queries/live-customer'
import { type AttributeDefinition, attributesQuery, changeAttribute, removeAttribute } from '../../../queries/profile'
import { Page } from '../parts/page'
import classes from '../settings.module.css'
import { AttributeDialog } from './attribute-dialog'

/** What is known about customers besides their name and addresses. */
export function AttributesPage(): ReactNode {
  const { t } = useTranslation('people')
  const query = useQuery(attributesQuery)
  useLivePeople()
  const [edited, setEdited] = useState<AttributeDefinition | 'new' | null>(null)
  const all = query.data ?? []
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('definitions.add')}
    </Button>
  )
  return (
    <Page title={t('definitions.title')} text={t('definitions.text')} action={button}>
      {query.isPending && <RowSkeletons rows={4} height={56} />}
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && (
        <Empty icon={IconListDetails} title={t('definitions.none')} text={t('definitions.noneText')} action={button} />
      )}
      {all.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {all.map((each, index) => (
              <Row
                key={each.id}
                definition={each}
                before={all[index - 1]}
                after={all[index + 1]}
                onEdit={() => setEdited(each)}
              />
            ))}
          </ul>
        </div>
      )}
      {edited && <AttributeDialog definition={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}

interface RowProps {
  definition: AttributeDefinition
  before: AttributeDefinition | undefined
  after: AttributeDefinition | undefined
  onEdit: () => void
}

function Row({ definition, before, after, onEdit }: RowProps) {
  const { t } = useTranslation('people')
  const { label } = definition
  const move = useMove(definition)
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle}>{label}</bdi>
        <code className={classes.rowNote} dir="ltr">
          {definition.key}
        </code>
      </span>
      <span className={classes.rowNote}>{t(`definitions.kinds.${definition.kind}`)}</span>
      {definition.is_archived && <span className={classes.tag}>{t('definitions.archived')}</span>}
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('definitions.up', { label })}
        disabled={!before || move.isPending}
        onClick={() => before && move.mutate(before)}
      >
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('definitions.down', { label })}
        disabled={!after || move.isPending}
        onClick={() => after && move.mutate(after)}
      >
        <IconArrowDown size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t('definitions.changeOne', { label })} onClick={onEdit}>
        <IconPencil size={16} />
      </ActionIcon>
      <RemoveButton definition={definition} />
    </li>
  )
}

/** Change places with a neighbour; two that stand at the same place are moved apart. */
function useMove(definition: AttributeDefinition) {
  return useAct(
    async (neighbour: AttributeDefinition) => {
      const isSame = neighbour.position === definition.position
      await changeAttribute({ id: definition.id, position: isSame ? neighbour.position + 1 : neighbour.position })
      if (!isSame) await changeAttribute({ id: neighbour.id, position: definition.position })
    },
    [keys.customers.attributes],
  )
}

function RemoveButton({ definition }: { definition: AttributeDefinition }) {
  const { t } = useTranslation('people')
  const [isAsking, setAsking] = useState(false)
  const stale = [keys.customers.attributes]
  const archive = useAct(changeAttribute, stale)
  const remove = useAct(removeAttribute, stale)
  const { id, label, is_archived } = definition
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        loading={archive.isPending}
        onClick={() => archive.mutate({ id, is_archived: !is_archived })}
      >
        {t(is_archived ? 'definitions.restore' : 'definitions.archive')}
      </Button>
      {is_archived && (
        <Button variant="subtle" color="red" size="compact-sm" onClick={() => setAsking(true)}>
          {t('definitions.remove')}
        </Button>
      )}
      <Confirm
        opened={isAsking}
        title={t('definitions.removeTitle', { label })}
        text={t('definitions.removeText')}
        act={t('definitions.remove')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(id, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
