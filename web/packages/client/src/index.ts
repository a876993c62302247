export { http } from './http'
export { isOffline, Problem, unwrap } from './problem'
export type * from './types'
