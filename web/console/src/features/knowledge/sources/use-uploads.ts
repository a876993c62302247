import type { Audience } from '@rapport/client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { explain } from '../../../lib/explain'
import { putText } from '../../../queries/live-sources'
import { readFile } from '../../../queries/sources'
import { begun, nextOf, type Upload, withChange } from './uploads'

interface Common {
  locale: string
  audience: Audience
}

/** Files on their way, one after the other; what is not sent yet stays behind when the dialog closes. */
export function useUploads() {
  const queries = useQueryClient()
  const [uploads, setUploads] = useState<(Upload & { common: Common })[]>([])
  const leaving = useRef<AbortController | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    leaving.current = controller
    return () => controller.abort()
  }, [])
  const change = (key: number, now: Partial<Upload>) => setUploads((all) => withChange(all, key, now) as typeof all)
  const next = nextOf(uploads)
  useEffect(() => {
    const signal = leaving.current?.signal
    const upload = uploads.find(({ key }) => key === next?.key)
    if (!upload || !signal) return
    change(upload.key, { state: 'sending' })
    readFile(upload.file, upload.common, (fraction) => change(upload.key, { fraction }), signal).then(
      (text) => {
        change(upload.key, { state: 'done', fraction: 1, textId: text.id })
        putText(queries, text)
      },
      (error) => change(upload.key, { state: 'refused', told: explain(error) }),
    )
  })
  return {
    uploads,
    isBusy: uploads.some(({ state }) => state === 'waiting' || state === 'sending'),
    add: (files: Iterable<File>, common: Common) =>
      setUploads((all) => [...all, ...[...files].map((file) => ({ ...begun(file), common }))]),
  }
}
