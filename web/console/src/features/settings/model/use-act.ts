export { useAct } from '../../../lib/use-act'
