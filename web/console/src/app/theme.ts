import { type CSSVariablesResolver, createTheme, localStorageColorSchemeManager } from '@mantine/core'
import { accentShades, darkShades, neutralShades } from '@rapport/design'
import i18next from 'i18next'

/** Mantine in our words: its components take size, colour and motion from the tokens. */
export const theme = createTheme({
  fontFamily: 'var(--rp-font)',
  fontFamilyMonospace: 'var(--rp-font-mono)',
  colors: { accent: accentShades, gray: neutralShades, dark: darkShades },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: 'var(--rp-radius)',
  fontSizes: {
    xs: 'var(--rp-text-small)',
    sm: 'var(--rp-text-body)',
    md: 'var(--rp-text-body)',
    lg: 'var(--rp-text-large)',
    xl: 'var(--rp-text-title)',
  },
  lineHeights: { xs: '1.4', sm: '1.43', md: '1.43', lg: '1.5', xl: '1.4' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: 'var(--rp-text-title)', lineHeight: '1.4' } } },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 80 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md', returnFocus: true } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md', returnFocus: true } },
    Modal: {
      defaultProps: { transitionProps: { duration: 120 }, centered: false, yOffset: '10vh', returnFocus: true },
      styles: { title: { fontWeight: 600 } },
    },
    Button: { defaultProps: { size: 'sm' } },
    Notification: { defaultProps: () => ({ closeButtonProps: { 'aria-label': i18next.t('action.close') } }) },
    Input: { vars: () => ({ wrapper: { '--input-bd': 'var(--rp-border-strong)' } }) },
  },
})

const shared = {
  '--mantine-color-body': 'var(--rp-canvas)',
  '--mantine-color-text': 'var(--rp-text)',
  '--mantine-color-bright': 'var(--rp-text)',
  '--mantine-color-dimmed': 'var(--rp-text-faint)',
  '--mantine-color-placeholder': 'var(--rp-text-faint)',
  '--mantine-color-anchor': 'var(--rp-accent-text)',
  '--mantine-color-error': 'var(--rp-danger)',
  '--mantine-color-default': 'var(--rp-surface)',
  '--mantine-color-default-hover': 'var(--rp-sunken)',
  '--mantine-color-default-color': 'var(--rp-text)',
  '--mantine-color-default-border': 'var(--rp-border)',
  '--mantine-color-accent-filled': 'var(--rp-accent)',
  '--mantine-color-accent-filled-hover': 'var(--rp-accent-hover)',
  '--mantine-color-accent-light': 'var(--rp-accent-tint)',
  '--mantine-color-accent-light-hover': 'var(--rp-accent-tint)',
  '--mantine-color-accent-light-color': 'var(--rp-accent-tint-text)',
  '--mantine-primary-color-filled': 'var(--rp-accent)',
  '--mantine-primary-color-filled-hover': 'var(--rp-accent-hover)',
  '--mantine-primary-color-light': 'var(--rp-accent-tint)',
  '--mantine-primary-color-light-color': 'var(--rp-accent-tint-text)',
  '--mantine-primary-color-contrast': 'var(--rp-on-accent)',
  '--mantine-color-red-filled': 'var(--rp-danger-fill)',
  '--mantine-color-red-light': 'var(--rp-danger-tint)',
  '--mantine-color-red-light-color': 'var(--rp-danger)',
  '--mantine-color-orange-light': 'var(--rp-warning-tint)',
  '--mantine-color-orange-light-color': 'var(--rp-warning)',
  '--mantine-color-disabled': 'var(--rp-sunken)',
  '--mantine-color-disabled-color': 'var(--rp-text-faint)',
  '--mantine-color-disabled-border': 'var(--rp-border)',
}

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'rapport.theme' })
