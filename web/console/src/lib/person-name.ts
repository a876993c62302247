interface Someone {
  name: string
  email?: string | null
  phone?: string | null
}

/** What a person is called: their name, else an address of theirs; "" when nothing is known. */
export const personName = ({ name, email, phone }: Someone) => name || email || phone || ''
