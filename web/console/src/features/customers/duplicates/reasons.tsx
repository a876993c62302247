import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import type { Suggestion } from '../../../queries/profile'
import classes from '../customers.module.css'

const known = [
  'same_email',
  'same_mailbox',
  'similar_mailbox',
  'same_phone',
  'same_name',
  'similar_name',
  'same_domain',
  'same_verified_key',
  'different_external_ids',
  'shared_address',
] as const

/** How likely two customers are one person, in words, and what speaks for and against it. */
export function Reasons({ suggestion }: { suggestion: Suggestion }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const likely = suggestion.score >= 0.9 ? 'almostSure' : suggestion.score >= 0.7 ? 'likely' : 'possible'
  return (
    <div>
      <p className={classes.likely}>
        {t(`duplicates.${likely}`)} <span className={classes.note}>{format.percent(suggestion.score)}</span>
      </p>
      <ul className={classes.reasons}>
        {suggestion.reasons.map(({ code, weight }) => {
          const name = known.find((each) => each === code)
          const isAgainst = weight < 0
          return (
            <li key={code} data-against={isAgainst || undefined}>
              {isAgainst ? <IconArrowDown size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden />}
              <span className="visually-hidden">{t(isAgainst ? 'duplicates.against' : 'duplicates.for')}</span>
              {name ? t(`reason.${name}`) : code}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
