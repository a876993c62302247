import { type Attachment, Problem } from '@rapport/client'

/**
 * Send one file as a form, reporting the fraction sent so far.
 *
 * XMLHttpRequest, because `fetch` does not tell how much of a body has left.
 *
 * @throws Problem - refused (kind, size) or unreachable.
 */
export function sendFile<T>(path: string, file: File, onProgress: (fraction: number) => void, signal: AbortSignal) {
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new Problem({ code: 'Offline', title: 'The server cannot be reached.' }, 0))
    request.onload = () =>
      request.status < 300
        ? resolve(request.response as T)
        : reject(new Problem((request.response as object) ?? {}, request.status))
    signal.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file, file.name)
    request.send(form)
  })
}

/** Store one file, to be attached or imported. */
export const uploadFile = (file: File, onProgress: (fraction: number) => void, signal: AbortSignal) =>
  sendFile<Attachment>('/v1/files', file, onProgress, signal)
