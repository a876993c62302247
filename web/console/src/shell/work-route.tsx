import { Problem } from '@rapport/client'
import { createRoute, redirect } from '@tanstack/react-router'
import { Failed } from '../components/states'
import { meQuery } from '../queries/me'
import { rootRoute } from './root-route'
import { Shell } from './shell'

/** Everything for signed-in people. Whoever is not goes to the sign-in page, and back here afterwards. */
export const workRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'work',
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queries.ensureQueryData(meQuery)
      if (me.second_factor_due) throw redirect({ href: '/sign-in/second-factor' })
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ href: `/sign-in?to=${encodeURIComponent(location.href)}` })
      }
      throw error
    }
  },
  component: Shell,
  errorComponent: ({ error }) => (
    <main style={{ height: '100dvh' }}>
      <Failed error={error} retry={() => window.location.reload()} />
    </main>
  ),
})
