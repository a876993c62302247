const texts: Record<string, [open: string, close: string, unread: string]> = {
  en: ['Open chat', 'Close chat', 'unread'],
  de: ['Chat öffnen', 'Chat schließen', 'ungelesen'],
  ar: ['فتح المحادثة', 'إغلاق المحادثة', 'غير مقروءة'],
}

/** The launcher's three words in the nearest language we have. */
export function textsFor(locale: string): [open: string, close: string, unread: string] {
  return texts[locale.slice(0, 2).toLowerCase()] ?? (texts.en as [string, string, string])
}
