/** The part of a text from `start` up to `end`, counted as the API counts: in Unicode characters, not UTF-16 units. */
export const sliceCharacters = (text: string, start: number, end: number): string =>
  [...text].slice(start, end).join('')
