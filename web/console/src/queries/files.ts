import { type Attachment, Problem } from '@rapport/client'

/**
 * Store one file, reporting the fraction sent so far.
 *
 * XMLHttpRequest, because `fetch` does not tell how much of a body has left.
 *
 * @throws Problem - refused (kind, size) or unreachable.
 */
export function uploadFile(file: File, onProgress: (fraction: number) => void, signal: AbortSignal) {
  return new Promise<Attachment>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/v1/files')
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new Problem({ code: 'Offline', title: 'The server cannot be reached.' }, 0))
    request.onload = () =>
      request.status < 300
        ? resolve(request.response as Attachment)
        : reject(new Problem((request.response as object) ?? {}, request.status))
    signal.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file, file.name)
    request.send(form)
  })
}
