/** White or ink, whichever reads better on `hex`; `hex` itself only where it is a colour. */
export function colours(hex: string): [fill: string, on: string] {
  const digits = /^#([0-9a-f]{6})$/i.exec(hex)?.[1]
  if (!digits) return ['#4353cf', '#fff']
  const light = [0, 2, 4]
    .map((at) => (Number.parseInt(digits.slice(at, at + 2), 16) / 255) ** 2.2)
    .reduce((sum, share, i) => sum + share * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0)
  return [`#${digits}`, light > 0.18 ? '#111318' : '#fff']
}
