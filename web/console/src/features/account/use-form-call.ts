import { Problem } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { explain } from '../../lib/explain'

/** Send a form once at a time; say why it was refused, field by field where the server knows. */
export function useFormCall(
  call: (values: Record<string, string>) => Promise<void>,
  say: (error: unknown) => string = explain,
) {
  const [error, setError] = useState<string | null>(null)
  const [fields, setFields] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = Object.fromEntries(
      [...new FormData(event.currentTarget)].map(([key, value]) => [key, String(value)]),
    )
    setBusy(true)
    setError(null)
    setFields({})
    try {
      await call(values)
    } catch (reason) {
      setError(say(reason))
      if (reason instanceof Problem) setFields(reason.fields)
    } finally {
      setBusy(false)
    }
  }
  return { submit, busy, error, fields }
}
