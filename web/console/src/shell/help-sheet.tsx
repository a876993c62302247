import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Keys } from '../components/key-hint'
import { type Shortcut, useAllShortcuts } from '../lib/keys'
import classes from './help-sheet.module.css'

/** Every key that means something on this screen. */
export function HelpSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const groups = new Map<string, Shortcut[]>()
  const all = useAllShortcuts()
  for (const shortcut of all) {
    const group = shortcut.group ?? t('shell.general')
    groups.set(group, [...(groups.get(group) ?? []), shortcut])
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('shell.help')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.groups}>
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h3 className={classes.heading}>{group}</h3>
            <dl className={classes.list}>
              {shortcuts.map((shortcut) => (
                <div key={shortcut.keys} className={classes.row}>
                  <dt>{shortcut.label}</dt>
                  <dd>
                    <Keys keys={shortcut.keys} />
                    <span className="visually-hidden">{shortcut.keys}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
