import { useEffect, useState } from 'preact/hooks'
import { type Action, reduce } from './reducer'
import { initialState, type State } from './state'

type Listener = (state: State, previous: State) => void

/** Holds the state, and tells who listens. */
export class Store {
  state: State = initialState
  private readonly listeners = new Set<Listener>()

  dispatch(action: Action): void {
    const previous = this.state
    this.state = reduce(previous, action)
    if (this.state !== previous) for (const listener of this.listeners) listener(this.state, previous)
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** The current state, drawing again whenever it changes. */
export function useStore(store: Store): State {
  const [state, setState] = useState(store.state)
  useEffect(() => {
    setState(store.state)
    return store.listen(setState)
  }, [store])
  return state
}
