import type { Customer } from '@rapport/client'
import { IconAccessible, IconAlertCircle, IconHeartHandshake, IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import { duplicatesQuery, painsQuery } from '../../../queries/profile'
import classes from './context.module.css'

const statuses = ['prospect', 'active', 'vip', 'at_risk', 'former'] as const
const tones = ['formal', 'friendly', 'brief', 'simple'] as const
const needs = ['screen_reader', 'large_text', 'simple_words', 'no_phone', 'sign_language', 'more_time'] as const
const shownPains = 3

const among = <T extends string>(known: readonly T[], code: string): T | undefined =>
  known.find((each) => each === code)

/** What changes how one answers this person now; nothing when nothing does. */
export function Matters({ customer }: { customer: Customer }) {
  const { t } = useTranslation('people')
  const pains = useQuery(painsQuery(customer.id)).data?.filter((each) => each.resolved_at === null) ?? []
  const suggestions = useQuery(duplicatesQuery(customer.id)).data?.filter((each) => each.state === 'open') ?? []
  const { preferences } = customer
  const wishes = [
    ...preferences.needs.map((code) => {
      const known = among(needs, code)
      return known ? t(`needs.${known}`) : code
    }),
    ...(preferences.tone ? [toneOf(preferences.tone, (known) => t(`tone.${known}`))] : []),
  ]
  const isQuiet = !customer.status && customer.value === null && wishes.length + pains.length + suggestions.length === 0
  if (isQuiet) return null
  return (
    <section className={classes.matters} aria-label={t('now.title')}>
      <Standing customer={customer} />
      {wishes.length > 0 && (
        <p>
          <IconAccessible size={15} aria-hidden />
          <bdi>{wishes.join(' · ')}</bdi>
        </p>
      )}
      {pains.slice(0, shownPains).map((pain) => (
        <p key={pain.id}>
          <IconAlertCircle size={15} aria-hidden />
          <bdi>{pain.text}</bdi>
        </p>
      ))}
      {pains.length > shownPains && <p>{t('now.pains', { count: pains.length })}</p>}
      {suggestions.length > 0 && (
        <p>
          <IconUsersGroup size={15} aria-hidden />
          <Link to="/customers/$customerId" params={{ customerId: customer.id }}>
            {t('now.duplicates', { count: suggestions.length })}
          </Link>
        </p>
      )}
    </section>
  )
}

const toneOf = (tone: string, word: (known: (typeof tones)[number]) => string) => {
  const known = among(tones, tone)
  return known ? word(known) : tone
}

function Standing({ customer: { status, value } }: { customer: Customer }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  if (!status && value === null) return null
  const known = status ? among(statuses, status) : undefined
  return (
    <p>
      <IconHeartHandshake size={15} aria-hidden />
      <span>
        {status && <strong>{known ? t(`status.${known}`) : status}</strong>}
        {status && value !== null && ' · '}
        {value !== null && `${t('profile.value')} ${format.number(value)}`}
      </span>
    </p>
  )
}
