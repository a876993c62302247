import type { Macro } from '@rapport/client'
import { IconBolt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { Picker } from '../../../components/picker'
import { macrosQuery } from '../../../queries/people'

interface Props {
  opened: boolean
  onOpenedChange: (opened: boolean) => void
  onPick: (macro: Macro) => void
}

/** Prepared replies, by name. */
export function MacroPicker({ opened, onOpenedChange, onPick }: Props) {
  const { t } = useTranslation('inbox')
  const macros = useQuery(macrosQuery).data ?? []
  const pick = (id: string) => {
    const macro = macros.find((each) => each.id === id)
    onOpenedChange(false)
    if (macro) onPick(macro)
  }
  return (
    <Picker
      opened={opened}
      onOpenedChange={onOpenedChange}
      label={t('composer.findMacro')}
      choices={macros.map((macro) => ({ id: macro.id, label: macro.name }))}
      chosen={[]}
      onChoose={pick}
    >
      <IconButton
        label={t('composer.macro')}
        keys="m"
        hint="top"
        aria-haspopup="listbox"
        onClick={() => onOpenedChange(!opened)}
      >
        <IconBolt size={18} stroke={1.6} />
      </IconButton>
    </Picker>
  )
}
