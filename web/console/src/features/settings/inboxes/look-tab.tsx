import { ColorInput, NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import type { WebChat } from '@rapport/client'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { languages } from '../../../lib/locale'
import type { Draft } from '../model/use-draft'
import classes from '../settings.module.css'

const ownTexts = ['start', 'placeholder', 'team_online', 'team_away'] as const
const colours = ['#4353cf', '#0f766e', '#0072b2', '#7c3aed', '#b3232a', '#b45309', '#16191f']

/** Colours, corner, language and words of the chat. */
export function LookTab({ draft }: { draft: Draft<WebChat> }) {
  const { t } = useTranslation('settings')
  const { value, set } = draft
  return (
    <div className={`${classes.card} ${classes.form}`}>
      <TextInput
        label={t('look.teamName')}
        description={t('look.teamNameHint')}
        value={value.team_name}
        maxLength={200}
        dir="auto"
        onChange={(event) => set({ team_name: event.currentTarget.value })}
      />
      <Textarea
        label={t('look.greeting')}
        value={value.greeting}
        maxLength={500}
        autosize
        minRows={2}
        dir="auto"
        onChange={(event) => set({ greeting: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <ColorInput
          label={t('look.color')}
          description={t('look.colorHint')}
          format="hex"
          withEyeDropper={false}
          value={value.color}
          swatches={colours}
          onChange={(color) => set({ color })}
        />
        <NativeSelect
          label={t('look.locale')}
          value={value.locale}
          onChange={(event) => set({ locale: event.currentTarget.value })}
          data={[
            ...Object.entries(languages).map(([each, label]) => ({ value: each, label })),
            ...(value.locale in languages ? [] : [{ value: value.locale, label: value.locale }]),
          ]}
        />
      </div>
      <div className={classes.pair}>
        <Labelled label={t('look.position')}>
          <SegmentedControl
            aria-label={t('look.position')}
            value={value.position}
            onChange={(position) => set({ position: position as WebChat['position'] })}
            data={(['left', 'right'] as const).map((each) => ({ value: each, label: t(`look.positions.${each}`) }))}
          />
        </Labelled>
        <Labelled label={t('look.theme')}>
          <SegmentedControl
            aria-label={t('look.theme')}
            value={value.theme}
            onChange={(theme) => set({ theme: theme as WebChat['theme'] })}
            data={(['auto', 'light', 'dark'] as const).map((each) => ({
              value: each,
              label: t(`look.themes.${each}`),
            }))}
          />
        </Labelled>
      </div>
      <div>
        <h2 className={classes.sectionTitle}>{t('look.texts')}</h2>
        <p className={classes.text}>{t('look.textsHint')}</p>
      </div>
      {ownTexts.map((key) => (
        <TextInput
          key={key}
          label={t(`look.text.${key}`)}
          value={value.texts[key] ?? ''}
          maxLength={300}
          dir="auto"
          onChange={(event) => set({ texts: withText(value.texts, key, event.currentTarget.value) })}
        />
      ))}
    </div>
  )
}

const withText = (texts: Record<string, string>, key: string, text: string): Record<string, string> => {
  const { [key]: _, ...others } = texts
  return text ? { ...others, [key]: text } : others
}

const Labelled = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className={classes.field}>
    <span className={classes.fieldLabel} aria-hidden>
      {label}
    </span>
    {children}
  </div>
)
