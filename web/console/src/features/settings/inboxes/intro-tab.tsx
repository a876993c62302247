import { ActionIcon, Button, Checkbox, NativeSelect, Switch, TextInput } from '@mantine/core'
import type { PreChatField, WebChat } from '@rapport/client'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { keyFor } from '../model/pre-chat'
import type { Draft } from '../model/use-draft'
import classes from '../settings.module.css'

const types = ['text', 'email', 'phone', 'textarea'] as const
const most = 10

/** What visitors are asked before their first message. */
export function IntroTab({ draft }: { draft: Draft<WebChat> }) {
  const { t } = useTranslation('settings')
  const { enabled, fields } = draft.value.pre_chat
  const setFields = (next: PreChatField[]) => draft.set({ pre_chat: { enabled, fields: next } })
  const change = (index: number, values: Partial<PreChatField>) =>
    setFields(fields.map((field, at) => (at === index ? { ...field, ...values } : field)))
  return (
    <div className={`${classes.card} ${classes.form}`}>
      <Switch
        label={t('intro.enabled')}
        description={t('intro.enabledHint')}
        checked={enabled}
        onChange={(event) => draft.set({ pre_chat: { enabled: event.currentTarget.checked, fields } })}
      />
      {fields.map((field, index) => (
        <div className={classes.question} key={field.key}>
          <TextInput
            label={t('intro.label')}
            value={field.label}
            required
            maxLength={200}
            dir="auto"
            onChange={(event) => change(index, { label: event.currentTarget.value })}
          />
          <TextInput label={t('intro.key')} value={field.key} readOnly dir="ltr" />
          <NativeSelect
            label={t('intro.type')}
            value={field.type}
            onChange={(event) => change(index, { type: event.currentTarget.value as PreChatField['type'] })}
            data={types.map((value) => ({ value, label: t(`intro.types.${value}`) }))}
          />
          <Checkbox
            label={t('intro.required')}
            checked={field.required}
            onChange={(event) => change(index, { required: event.currentTarget.checked })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('intro.remove', { label: field.label })}
            onClick={() => setFields(fields.filter((_, at) => at !== index))}
          >
            <IconTrash size={18} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      {fields.length < most && (
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() =>
              setFields([...fields, { key: keyFor(fields), label: t('intro.label'), type: 'text', required: false }])
            }
          >
            {t('intro.add')}
          </Button>
        </div>
      )}
    </div>
  )
}
