import type { Attachment } from '@rapport/client'
import { IconDownload, IconFile } from '@tabler/icons-react'
import { useFormat } from '../../../lib/use-format'
import classes from './conversation.module.css'

/** Files of a message: pictures as pictures, anything else by name and size. */
export function Attachments({ attachments }: { attachments: Attachment[] }) {
  if (attachments.length === 0) return null
  return (
    <ul className={classes.attachments}>
      {attachments.map((file) => (
        <li key={file.id}>{file.preview_url ? <Picture file={file} /> : <FileLink file={file} />}</li>
      ))}
    </ul>
  )
}

const Picture = ({ file }: { file: Attachment }) => (
  <a href={file.url} target="_blank" rel="noreferrer" className={classes.picture}>
    <img
      src={file.preview_url ?? file.url}
      alt={file.name}
      loading="lazy"
      width={file.width ?? undefined}
      height={file.height ?? undefined}
    />
  </a>
)

function FileLink({ file }: { file: Attachment }) {
  const format = useFormat()
  return (
    <a href={file.url} className={classes.file} download={file.name}>
      <IconFile size={20} stroke={1.5} aria-hidden />
      <span className={classes.fileName}>
        <bdi>{file.name}</bdi>
        <small>{format.bytes(file.size_bytes)}</small>
      </span>
      <IconDownload size={16} aria-hidden />
    </a>
  )
}
