import type { Attachment } from '@rapport/client'
import { expect, it } from 'vitest'
import { bodyOf, emptyMail, missingIn } from './new-mail'

const jane = { name: 'Jane', address: 'jane@example.com' }
const file = { id: 'f1' } as Attachment
const whole = { ...emptyMail([jane]), subject: ' Your parcel ', body: 'It leaves today.' }

it('says what is still missing, one thing at a time', () => {
  expect(missingIn(emptyMail(), [])).toBe('recipient')
  expect(missingIn(emptyMail([{ name: '', address: 'jane' }]), [])).toBe('address')
  expect(missingIn(emptyMail([jane]), [])).toBe('subject')
  expect(missingIn({ ...whole, body: ' ' }, [])).toBe('text')
  expect(missingIn({ ...whole, body: '' }, [file])).toBeNull()
  expect(missingIn(whole, [])).toBeNull()
})

it('is sent without the spaces around it, and at a moment only when one was chosen', () => {
  const body = bodyOf(whole, 'i1', [file])
  expect(body).toMatchObject({ inbox_id: 'i1', subject: 'Your parcel', attachment_ids: ['f1'] })
  expect('send_at' in body).toBe(false)
  expect(bodyOf(whole, 'i1', [], '2026-05-01T10:00:00Z').send_at).toBe('2026-05-01T10:00:00Z')
})
