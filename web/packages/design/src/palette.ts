type TenShades = [string, string, string, string, string, string, string, string, string, string]

/** The accent from lightest to darkest, for component libraries that want ten; 6 is `--rp-accent`. */
export const accentShades: TenShades = [
  '#ebeefd',
  '#d3d9fa',
  '#b4bdf6',
  '#95a1f0',
  '#7684ea',
  '#5563de',
  '#4353cf',
  '#3644b5',
  '#2a3594',
  '#1f2870',
]

/** Neutrals from lightest to darkest, matching the canvas, borders and text of the tokens. */
export const neutralShades: TenShades = [
  '#f6f7f9',
  '#f1f3f6',
  '#e8ebf2',
  '#dfe3ea',
  '#bac2cf',
  '#838c9d',
  '#5d6676',
  '#454d5c',
  '#272c38',
  '#16191f',
]

/** The dark theme's neutrals from its text to behind its canvas, for component libraries that want ten. */
export const darkShades: TenShades = [
  '#eceff4',
  '#bac2cf',
  '#9aa4b4',
  '#717b8c',
  '#2b313c',
  '#272c38',
  '#1d2128',
  '#16191f',
  '#0f1115',
  '#0b0d10',
]

/** Okabe and Ito's colours in the order in which series take them. */
export const seriesColours = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#d55e00',
  '#56b4e9',
  '#cc79a7',
  '#f0e442',
  '#000000',
] as const
