import { type Attachment, http, type Id, type Message, type MessageIn, Problem, unwrap } from '@rapport/client'
import type { QueryClient } from '@tanstack/react-query'
import { createStore, useStore } from '../../../lib/store'
import { recall, store } from '../../../lib/use-remembered'
import { keys } from '../../../queries/keys'
import { type Delivery, type Recipients, sendMail } from '../../../queries/mail'
import { placeDelivery } from '../model/mail'
import { messagesOf, placeInThread, type ThreadData } from '../model/reducer'
import { noteServerTime } from './mail/clock-skew'

/** How a message goes by mail; what is left out is as the server has it. */
export interface Mailing extends Partial<Recipients> {
  subject?: string
  quote?: boolean
  /** Not before; left out, it goes as soon as it can no longer be taken back. */
  send_at?: string
}

/** Something written here that the server has not confirmed. Kept over reloads until it is sent or discarded. */
export interface Outgoing {
  client_id: string
  conversation_id: Id
  kind: 'message' | 'note'
  body: string
  attachments: Attachment[]
  resolve: boolean
  expected_last_seq: number | null
  /** Null for what is said in the conversation itself, such as a note or a message of a chat. */
  mail?: Mailing | null
  written_at: string
  state: 'sending' | 'failed'
  error: string | null
  /** Somebody wrote in between; sending again means sending although. */
  conflict: boolean
}

const outbox = createStore<Outgoing[]>(
  recall<Outgoing[]>('outbox', []).map((each) => ({ ...each, state: 'failed' as const })),
)
outbox.subscribe(() => store('outbox', outbox.get()))

export const useOutgoing = (conversation: Id): Outgoing[] =>
  useStore(outbox).filter((each) => each.conversation_id === conversation)

/** Everything the server has not confirmed, oldest first. */
export const pending = (): readonly Outgoing[] => outbox.get()

const replace = (client_id: string, change: Partial<Outgoing>) =>
  outbox.set((all) => all.map((each) => (each.client_id === client_id ? { ...each, ...change } : each)))

/** Forget a message that was not sent; returns it, so that its text can go back into the composer. */
export function discard(client_id: string): Outgoing | undefined {
  const found = outbox.get().find((each) => each.client_id === client_id)
  outbox.set((all) => all.filter((each) => each.client_id !== client_id))
  return found
}

export type Writing = Omit<Outgoing, 'client_id' | 'written_at' | 'state' | 'error' | 'conflict'>

/** Show a message in the thread and send it. Resolves when the server has it or refused it. */
export function dispatch(queries: QueryClient, writing: Writing): Promise<boolean> {
  const outgoing: Outgoing = {
    ...writing,
    client_id: crypto.randomUUID(),
    written_at: new Date().toISOString(),
    state: 'sending',
    error: null,
    conflict: false,
  }
  outbox.set((all) => [...all, outgoing])
  return attempt(queries, outgoing)
}

/** Try again; the same client_id makes a repeat harmless. After a conflict the person has read what came between. */
export function retry(queries: QueryClient, client_id: string): Promise<boolean> {
  const outgoing = outbox.get().find((each) => each.client_id === client_id)
  if (!outgoing) return Promise.resolve(false)
  const again = { ...outgoing, expected_last_seq: outgoing.conflict ? null : outgoing.expected_last_seq }
  replace(client_id, { ...again, state: 'sending', error: null, conflict: false })
  return attempt(queries, again)
}

/** Send what could not leave because there was no way to the server. What it refused stays for a person to decide. */
export const retryUnreachable = (queries: QueryClient) =>
  Promise.all(
    outbox
      .get()
      .filter((each) => each.state === 'failed' && each.error === null && !each.conflict)
      .map((each) => retry(queries, each.client_id)),
  )

async function attempt(queries: QueryClient, outgoing: Outgoing): Promise<boolean> {
  try {
    if (outgoing.mail) confirmHeld(queries, outgoing, await postMail(outgoing, outgoing.mail))
    else confirm(queries, await post(outgoing))
    discard(outgoing.client_id)
    return true
  } catch (error) {
    const conflict = error instanceof Problem && error.status === 409 && error.code !== 'mail_not_possible'
    if (conflict) void queries.invalidateQueries({ queryKey: keys.conversations.messages(outgoing.conversation_id) })
    const reason = error instanceof Problem && error.status !== 0 ? error.message : null
    replace(outgoing.client_id, { state: 'failed', error: reason, conflict })
    return false
  }
}

const post = (outgoing: Outgoing) => {
  const body: MessageIn = {
    client_id: outgoing.client_id,
    kind: outgoing.kind,
    body: outgoing.body,
    attachment_ids: outgoing.attachments.map((each) => each.id),
    resolve: outgoing.resolve,
    expected_last_seq: outgoing.expected_last_seq,
  }
  return unwrap<Message>(
    http.POST('/v1/conversations/{conversation_id}/messages', {
      params: { path: { conversation_id: outgoing.conversation_id } },
      body,
    }),
  )
}

const postMail = (outgoing: Outgoing, mail: Mailing) =>
  sendMail(outgoing.conversation_id, {
    ...mail,
    client_id: outgoing.client_id,
    body: outgoing.body,
    attachment_ids: outgoing.attachments.map((each) => each.id),
    resolve: outgoing.resolve,
    expected_last_seq: outgoing.expected_last_seq,
  })

/** The server holds it: it is shown as such until it leaves, see `HeldItem`. */
function confirmHeld(queries: QueryClient, outgoing: Outgoing, delivery: Delivery) {
  const key = keys.conversations.deliveries(outgoing.conversation_id)
  noteServerTime(delivery.created_at)
  queries.setQueryData<Delivery[]>(key, (known) => placeDelivery(known ?? [], delivery))
}

function confirm(queries: QueryClient, message: Message) {
  const key = keys.conversations.messages(message.conversation_id)
  const thread = queries.getQueryData<ThreadData>(key)
  const next = thread && placeInThread(thread, message)
  if (next) queries.setQueryData(key, next)
  else void queries.invalidateQueries({ queryKey: key })
}

/** The highest seq this screen shows, for the guard against crossing messages. */
export const lastShown = (thread: ThreadData | undefined): number =>
  thread ? (messagesOf(thread).at(-1)?.seq ?? 0) : 0
