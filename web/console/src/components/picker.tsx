import { Popover } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './picker.module.css'

export interface Choice {
  id: string
  label: string
  detail?: string
  mark?: ReactNode
  group?: string
}

interface Props {
  opened: boolean
  onOpenedChange: (opened: boolean) => void
  /** What is chosen from, for the search field and the list. */
  label: string
  choices: Choice[]
  chosen: string[]
  /** The parent closes the list, or leaves it open for more. */
  onChoose: (id: string) => void
  children: ReactNode
}

const matching = (choices: Choice[], query: string) => {
  const wanted = query.trim().toLocaleLowerCase()
  return choices.filter((choice) => `${choice.label} ${choice.detail ?? ''}`.toLocaleLowerCase().includes(wanted))
}

/** A list with a search field, below the button that opens it. The focus returns to where it came from. */
export function Picker({ opened, onOpenedChange, children, ...list }: Props) {
  return (
    <Popover opened={opened} onChange={onOpenedChange} width={280} position="bottom-start" trapFocus withRoles={false}>
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown className={classes.dropdown} role="dialog" aria-label={list.label}>
        <List {...list} />
      </Popover.Dropdown>
    </Popover>
  )
}

function List({ label, choices, chosen, onChoose }: Omit<Props, 'opened' | 'onOpenedChange' | 'children'>) {
  const { t } = useTranslation()
  const id = useId()
  const [query, setQuery] = useState('')
  const found = matching(choices, query)
  const { active, setActive, onKeyDown } = useActive(found, onChoose)
  const current = found[active]
  return (
    <>
      <input
        className={classes.search}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={current && `${id}-${current.id}`}
        aria-label={label}
        placeholder={label}
        value={query}
        data-autofocus
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          setActive(0)
        }}
      />
      <div id={id} role="listbox" aria-label={label} aria-multiselectable className={classes.options}>
        {found.map((choice, index) => (
          <Option
            key={choice.id}
            id={`${id}-${choice.id}`}
            choice={choice}
            heading={choice.group !== found[index - 1]?.group ? choice.group : undefined}
            isActive={index === active}
            isChosen={chosen.includes(choice.id)}
            onPoint={() => setActive(index)}
            onChoose={() => onChoose(choice.id)}
          />
        ))}
      </div>
      {found.length === 0 && <p className={classes.none}>{t('state.noMatch')}</p>}
    </>
  )
}

/** Which option the arrow keys stand on, and what Enter then does. */
function useActive(found: Choice[], onChoose: (id: string) => void) {
  const [active, setActive] = useState(0)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step && found.length > 0) {
      event.preventDefault()
      setActive((active + step + found.length) % found.length)
    }
    const choice = found[active]
    if (event.key === 'Enter' && choice) {
      event.preventDefault()
      onChoose(choice.id)
    }
  }
  return { active, setActive, onKeyDown }
}

interface OptionProps {
  id: string
  choice: Choice
  heading: string | undefined
  isActive: boolean
  isChosen: boolean
  onPoint: () => void
  onChoose: () => void
}

function Option({ id, choice, heading, isActive, isChosen, onPoint, onChoose }: OptionProps) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isActive) element.current?.scrollIntoView({ block: 'nearest' })
  }, [isActive])
  return (
    <>
      {heading && (
        <div className={classes.heading} role="presentation">
          {heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the search field above has the keyboard. */}
      <div
        ref={element}
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={isChosen}
        className={classes.option}
        data-active={isActive}
        onMouseMove={onPoint}
        onClick={onChoose}
      >
        {choice.mark}
        <bdi className={classes.label}>{choice.label}</bdi>
        {choice.detail && <span className={classes.detail}>{choice.detail}</span>}
        {isChosen && <IconCheck size={16} aria-hidden />}
      </div>
    </>
  )
}
