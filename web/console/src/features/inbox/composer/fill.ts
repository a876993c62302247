import type { MyConversation } from '@rapport/client'

/** Names in a macro: `{{customer.name}}`, `{{customer.first_name}}`, `{{number}}`. */
export function fill(body: string, { customer, number }: Pick<MyConversation, 'customer' | 'number'>): string {
  const values: Record<string, string> = {
    'customer.name': customer.name,
    'customer.first_name': customer.name.split(' ')[0] ?? '',
    'customer.email': customer.email ?? '',
    number: String(number),
  }
  return body.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, key: string) => values[key] ?? whole)
}
