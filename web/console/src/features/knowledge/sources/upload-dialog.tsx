import { Button, Modal } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock, IconLoader2, IconUpload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Advance } from '../../../components/progress'
import { languageOf } from '../../../lib/locale'
import { useFormat } from '../../../lib/use-format'
import { CommonFields } from './common-fields'
import classes from './sources.module.css'
import { accept, type Upload } from './uploads'
import { useUploads } from './use-uploads'

/** Files by button or drop, and what becomes of each. */
export function UploadDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation(['sources', 'common'])
  const [common, setCommon] = useState({ audience: 'public' as const, locale: languageOf(i18n.language) as string })
  const { uploads, isBusy, add } = useUploads()
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={!isBusy}
      title={t('sources:upload.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <div className={classes.form}>
        <CommonFields
          values={common}
          onChange={(change) => setCommon((now) => ({ ...now, ...change }) as typeof now)}
        />
        <Drop onFiles={(files) => add(files, common)} />
        {uploads.length > 0 && (
          <ul className={classes.lines} aria-label={t('sources:upload.list')}>
            {uploads.map((upload) => (
              <Line key={upload.key} upload={upload} />
            ))}
          </ul>
        )}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t(isBusy ? 'sources:upload.stop' : 'common:action.close')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function Drop({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation('sources')
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    onFiles([...event.dataTransfer.files])
  }
  return (
    <section
      className={classes.drop}
      data-over={isOver || undefined}
      aria-label={t('upload.drop')}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <input
        ref={input}
        type="file"
        multiple
        accept={accept}
        hidden
        aria-label={t('upload.files')}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <Button data-autofocus leftSection={<IconUpload size={16} aria-hidden />} onClick={() => input.current?.click()}>
        {t('upload.choose')}
      </Button>
      <p className={classes.quiet}>{t('upload.dropText')}</p>
      <p className={classes.quiet}>{t('upload.kinds')}</p>
    </section>
  )
}

const icons = { waiting: IconClock, sending: IconLoader2, done: IconCheck, refused: IconAlertTriangle } as const

function Line({ upload }: { upload: Upload }) {
  const { t } = useTranslation('sources')
  const format = useFormat()
  const { state, file, refusal, told, fraction, textId } = upload
  const Icon = icons[state]
  const isRead = state === 'sending' && fraction >= 1
  return (
    <li className={classes.line}>
      <span className={classes.lineIcon} data-state={state}>
        <Icon size={18} aria-hidden />
      </span>
      <span className={classes.lineText}>
        {textId ? (
          <Link to="/knowledge/documents/$documentId" params={{ documentId: textId }} className={classes.link}>
            <bdi>{file.name}</bdi>
          </Link>
        ) : (
          <bdi className={classes.name}>{file.name}</bdi>
        )}
        <span className={state === 'refused' ? classes.fault : classes.note} role="status" dir="auto">
          {refusal ? t(`refused.${refusal}`) : (told ?? t(isRead ? 'upload.state.reading' : `upload.state.${state}`))}
        </span>
        {state === 'sending' && <Advance label={file.name} done={fraction} total={1} />}
      </span>
      <span className={classes.note}>{format.bytes(file.size)}</span>
    </li>
  )
}
