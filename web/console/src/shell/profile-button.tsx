import { lazy, type ReactNode, Suspense, useState } from 'react'
import { later, loadTheRest } from '../lib/late'
import { ProfileFace, type ProfileProps } from './profile-face'

const ProfileMenu = lazy(later(() => import('./profile-menu').then((module) => ({ default: module.ProfileMenu }))))

/** Me at the end of the rail. The menu comes after the first list, or when it is wanted sooner. */
export function ProfileButton(props: ProfileProps): ReactNode {
  const [isWanted, setWanted] = useState(false)
  const want = () => {
    setWanted(true)
    loadTheRest()
  }
  return (
    <Suspense fallback={<ProfileFace {...props} onClick={want} />}>
      <ProfileMenu {...props} defaultOpened={isWanted} />
    </Suspense>
  )
}
