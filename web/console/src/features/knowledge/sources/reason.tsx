import { useTranslation } from 'react-i18next'
import classes from './sources.module.css'

const known = [
  'outside',
  'robots',
  'not_fetched',
  'gone',
  'forbidden',
  'status',
  'leads_away',
  'moved',
  'not_readable',
  'noindex',
  'empty',
  'canonical',
  'same_text',
  'not_visited',
  'limit',
] as const

/** Those of which the server's sentence says more than the code. */
const telling: readonly string[] = [
  'not_fetched',
  'forbidden',
  'status',
  'leads_away',
  'moved',
  'not_readable',
  'canonical',
  'same_text',
]

interface Props {
  reason: string
  /** The same in the server's words. */
  detail: string
}

/** Why a page is not read, in the reader's language, and what the server said where that tells more. */
export function Reason({ reason, detail }: Props) {
  const { t } = useTranslation('sources')
  const code = known.find((each) => each === reason)
  const isTold = detail !== '' && (!code || telling.includes(reason))
  return (
    <>
      {code && <span className={classes.reason}>{t(`reason.${code}`)}</span>}
      {isTold && (
        <span className={classes.note} dir="auto" lang="en">
          {detail}
        </span>
      )}
    </>
  )
}
