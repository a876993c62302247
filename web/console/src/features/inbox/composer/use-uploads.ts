import type { Attachment } from '@rapport/client'
import { useCallback, useRef, useState } from 'react'
import { explain } from '../../../lib/explain'
import { uploadFile } from '../../../queries/files'

export interface Upload {
  key: string
  name: string
  /** In bytes. */
  size: number
  /** Null for what the server has already. */
  file: File | null
  fraction: number
  /** What the server made of it. */
  attachment: Attachment | null
  error: string | null
}

/** Files on their way to the server, by picker, paste or drop. */
export function useUploads() {
  const [uploads, setUploads] = useState<Upload[]>([])
  const aborts = useRef(new Map<string, AbortController>())

  const update = useCallback(
    (key: string, change: Partial<Upload>) =>
      setUploads((all) => all.map((each) => (each.key === key ? { ...each, ...change } : each))),
    [],
  )

  const start = useCallback(
    (key: string, file: File) => {
      const abort = new AbortController()
      aborts.current.set(key, abort)
      update(key, { fraction: 0, error: null })
      uploadFile(file, (fraction) => update(key, { fraction }), abort.signal).then(
        (attachment) => update(key, { attachment, fraction: 1 }),
        (error) => update(key, { error: explain(error) }),
      )
    },
    [update],
  )

  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const key = crypto.randomUUID()
        setUploads((all) => [
          ...all,
          { key, name: file.name, size: file.size, file, fraction: 0, attachment: null, error: null },
        ])
        start(key, file)
      }
    },
    [start],
  )

  /** Files that were sent before and come back. */
  const adopt = useCallback((files: Attachment[]) => {
    const back = files.map((attachment) => ({
      key: attachment.id,
      name: attachment.name,
      size: attachment.size_bytes,
      file: null,
      fraction: 1,
      attachment,
      error: null,
    }))
    setUploads((all) => [...all.filter((each) => !back.some(({ key }) => key === each.key)), ...back])
  }, [])

  const remove = useCallback((key: string) => {
    aborts.current.get(key)?.abort()
    setUploads((all) => all.filter((each) => each.key !== key))
  }, [])

  const retry = (upload: Upload) => upload.file && start(upload.key, upload.file)
  const reset = useCallback(() => setUploads([]), [])
  const isBusy = uploads.some((each) => !each.attachment && !each.error)
  const attachments = uploads.flatMap((each) => each.attachment ?? [])
  return { uploads, add, adopt, remove, retry, reset, isBusy, attachments }
}
