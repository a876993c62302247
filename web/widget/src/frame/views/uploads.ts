import { useEffect, useRef, useState } from 'preact/hooks'
import { Problem } from '../problem'
import type { Attachment } from '../types'
import { useScene } from './context'

export interface Upload {
  key: string
  name: string
  share: number
  attachment: Attachment | null
  cancel(): void
}

export interface Uploads {
  items: Upload[]
  add(files: FileList | null | undefined): void
  remove(key: string): void
  /** The finished attachments, which leave the list. */
  take(): Attachment[]
}

const most = 10

/** Files on their way up, for one composer; leaving it ends them. */
export function useUploads(): Uploads {
  const { chat, state } = useScene()
  const [items, setItems] = useState<Upload[]>([])
  const current = useRef(items)
  current.current = items
  const limit = state.config?.max_file_bytes ?? Number.POSITIVE_INFINITY

  useEffect(
    () => () => {
      for (const upload of current.current) upload.cancel()
    },
    [],
  )

  const change = (key: string, values: Partial<Upload> | null): void =>
    setItems((known) => known.flatMap((item) => (item.key !== key ? [item] : values ? [{ ...item, ...values }] : [])))

  const say = (name: string, reason: 'size' | 'offline' | 'refused', detail = ''): void => {
    chat.notify({ kind: 'file', name, reason, detail })
  }

  const start = (file: File): void => {
    if (file.size > limit) {
      say(file.name, 'size')
      return
    }
    const stop = new AbortController()
    const upload = { key: crypto.randomUUID(), name: file.name, share: 0, attachment: null, cancel: () => stop.abort() }
    setItems((known) => [...known, upload])
    chat
      .upload(file, (share) => change(upload.key, { share }), stop.signal)
      .then((attachment) => change(upload.key, { attachment, share: 1 }))
      .catch((problem: unknown) => {
        change(upload.key, null)
        if (stop.signal.aborted) return
        const isRefused = problem instanceof Problem && !problem.isPassing
        say(file.name, isRefused ? 'refused' : 'offline', isRefused ? problem.detail : '')
      })
  }

  return {
    items,
    add: (files) => [...(files ?? [])].slice(0, most - current.current.length).forEach(start),
    remove: (key) => {
      current.current.find((item) => item.key === key)?.cancel()
      change(key, null)
    },
    take: () => {
      const done = current.current.flatMap((item) => item.attachment ?? [])
      setItems([])
      return done
    },
  }
}
