import { lazy, Suspense } from 'react'
import { MailOffer } from './offer'
import type { MailWay } from './use-mail-way'

// Not every conversation goes by mail.
const MailHead = lazy(() => import('./mail-head').then((module) => ({ default: module.MailHead })))

/** By which way the answer goes: the recipients of a mail, or that it can become one. */
export function WayHead({ way }: { way: MailWay }) {
  if (way.isMail) {
    return (
      <Suspense>
        <MailHead way={way} onLeave={way.isOptional ? () => way.setByMail(false) : null} />
      </Suspense>
    )
  }
  if (!way.offer?.hasLeft) return null
  return <MailOffer address={way.offer.address} onAccept={() => way.setByMail(true)} />
}
