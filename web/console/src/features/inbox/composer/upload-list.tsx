import { ActionIcon } from '@mantine/core'
import { IconFile, IconRefresh, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import classes from './composer.module.css'
import type { Upload } from './use-uploads'

interface Props {
  uploads: Upload[]
  onRemove: (key: string) => void
  onRetry: (upload: Upload) => void
}

/** The files that will go with the message, and how far they are. */
export function UploadList({ uploads, onRemove, onRetry }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  const format = useFormat()
  if (uploads.length === 0) return null
  return (
    <ul className={classes.uploads} aria-label={t('inbox:composer.files')}>
      {uploads.map((upload) => (
        <li key={upload.key} className={classes.upload} data-failed={upload.error !== null}>
          <IconFile size={16} aria-hidden />
          <span className={classes.uploadName} title={upload.error ?? upload.name}>
            {upload.name}
            <small>{upload.error ?? format.bytes(upload.size)}</small>
          </span>
          {!upload.attachment && !upload.error && (
            <progress
              className={classes.progress}
              value={upload.fraction}
              max={1}
              aria-label={t('inbox:composer.uploading', { name: upload.name })}
            />
          )}
          {upload.error && (
            <ActionIcon
              variant="subtle"
              size="sm"
              aria-label={t('common:action.retry')}
              onClick={() => onRetry(upload)}
            >
              <IconRefresh size={14} />
            </ActionIcon>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('inbox:composer.removeFile', { name: upload.name })}
            onClick={() => onRemove(upload.key)}
          >
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  )
}
