import { Component, type ReactNode } from 'react'
import { Failed } from '../components/states'

/** The last net: a bug becomes a sentence and a way on, not a white page. */
export class Crashed extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return <Failed error={this.state.error} retry={() => window.location.reload()} />
  }
}
