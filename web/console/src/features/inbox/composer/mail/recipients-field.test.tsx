// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import { useState } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, expect, it } from 'vitest'
import mail from '../../../../locales/en/mail.json'
import type { Recipient } from '../../../../queries/mail'
import { RecipientsField } from './recipients-field'

beforeAll(() => i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { mail } }, defaultNS: 'mail' }))
afterEach(cleanup)

let people: Recipient[]

function Form({ first }: { first: Recipient[] }) {
  const [chosen, setChosen] = useState(first)
  people = chosen
  return <RecipientsField label="To" people={chosen} onChange={setChosen} />
}

const type = async (text: string, first: Recipient[] = []) => {
  render(<Form first={first} />)
  const user = userEvent.setup()
  await user.click(screen.getByRole('textbox', { name: 'To' }))
  await user.keyboard(text)
  return user
}

it('makes a chip of an address at a comma, at Enter and when the field is left', async () => {
  const user = await type('a@example.com,b@example.com{Enter}c@example.com')
  await user.tab()
  expect(people.map((each) => each.address)).toEqual(['a@example.com', 'b@example.com', 'c@example.com'])
})

it('does not part a name at its comma', async () => {
  await type('"Doe, Jane" <jane@example.com>{Enter}')
  expect(people).toEqual([{ name: 'Doe, Jane', address: 'jane@example.com' }])
})

it('gives the last one back for editing when the empty field is deleted further', async () => {
  await type('{Backspace}', [{ name: 'Jane', address: 'jane@example.com' }])
  expect(people).toEqual([])
  expect((screen.getByRole('textbox', { name: 'To' }) as HTMLInputElement).value).toBe('Jane <jane@example.com>')
})

it('says which entry is no address, and removes it by its button', async () => {
  const user = await type('jane{Enter}')
  expect(screen.getByRole('button', { name: 'jane is not an address. Change it' })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Remove jane' }))
  expect(people).toEqual([])
})
