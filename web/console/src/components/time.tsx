import { useFormat } from '../lib/use-format'
import { useNow } from '../lib/use-now'
import { Tooltip } from './tooltip'

/** How long ago, with the exact time on hover. */
export const TimeAgo = ({ at }: { at: string }) => {
  const now = useNow()
  const format = useFormat()
  return (
    <Tooltip label={format.exact(at)}>
      <time dateTime={at} className="tabular">
        {format.relative(at, Math.max(now, Date.parse(at)))}
      </time>
    </Tooltip>
  )
}
