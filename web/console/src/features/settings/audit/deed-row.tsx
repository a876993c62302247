import type { Deed } from '@rapport/client'
import { IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../../components/time'
import { useFormat } from '../../../lib/use-format'
import { labelOf, useWords } from '../../../lib/use-words'
import classes from './audit.module.css'
import { changeOf } from './sentence'
import { useSentence } from './use-sentence'

/** One deed: the sentence, and all that is known about it one key away. */
export function DeedRow({ deed }: { deed: Deed }) {
  const { t } = useTranslation('audit')
  const sentence = useSentence()(deed)
  return (
    <li>
      <details className={classes.deed}>
        <summary>
          <IconChevronRight size={16} stroke={1.6} className={classes.chevron} aria-hidden />
          <span className={classes.sentence}>{sentence}</span>
          <span className={classes.when}>
            <TimeAgo at={deed.at} />
          </span>
        </summary>
        <Facts deed={deed} title={t('details')} />
      </details>
    </li>
  )
}

function Facts({ deed, title }: { deed: Deed; title: string }) {
  const { t } = useTranslation('audit')
  const format = useFormat()
  const words = useWords()
  const tell = (value: unknown) => {
    const plain = (one: unknown) => (one === null || one === '' ? t('nothing') : words(one))
    const change = changeOf(value)
    if (change) return t('changed', { before: plain(change[0]), after: plain(change[1]) })
    return Array.isArray(value) ? value.map(plain).join(', ') || t('nothing') : plain(value)
  }
  return (
    <dl className={classes.facts} aria-label={title}>
      <Fact name={t('exact')}>{format.exact(deed.at)}</Fact>
      {Object.entries(deed.details).map(([name, value]) => (
        <Fact key={name} name={labelOf(name)}>
          <bdi>{tell(value)}</bdi>
        </Fact>
      ))}
      <Fact name={t('actor')}>
        <code dir="ltr">{deed.actor}</code>
      </Fact>
      <Fact name={t('subject')}>
        <code dir="ltr">{deed.subject}</code>
      </Fact>
      <Fact name={t('verb')}>
        <code dir="ltr">{deed.verb}</code>
      </Fact>
      <Fact name={t('number')}>{format.number(deed.seq)}</Fact>
      <Fact name={t('hash')}>
        <code dir="ltr">{deed.hash}</code>
      </Fact>
    </dl>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
