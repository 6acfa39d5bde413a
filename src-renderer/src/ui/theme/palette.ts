/**
 * The one place that names colours. Style sheets read them as `--c-<name>`, naive-ui and the charts
 * read them here. Every colour that text is written in keeps a contrast of 4.5 to every surface, tinted
 * ones included (`test/src-renderer/ui/theme/palette.test.ts`).
 */
export interface Palette {
  /** Behind everything. */
  canvas: string
  /** Sidebar and status bar. */
  rail: string
  panel: string
  /** Inputs and cards on a panel. */
  raised: string
  hover: string
  /** Menus, dialogs. */
  overlay: string
  border: string
  'border-strong': string
  text: string
  'text-2': string
  'text-3': string
  accent: string
  'accent-hover': string
  'accent-pressed': string
  'accent-soft': string
  'on-accent': string
  /** The moving foreground, wherever it is drawn. */
  foreground: string
  'foreground-soft': string
  positive: string
  'positive-soft': string
  warning: string
  'warning-soft': string
  danger: string
  'danger-soft': string
  /** Behind pictures. */
  stage: string
  shadow: string
  'series-2': string
  'series-3': string
}

const dark: Palette = {
  canvas: '#0f1318',
  rail: '#0b0e12',
  panel: '#141920',
  raised: '#1a2028',
  hover: '#202833',
  overlay: '#1a2029',
  border: '#232b35',
  'border-strong': '#364150',
  text: '#e7ebf0',
  'text-2': '#a9b4c2',
  'text-3': '#929dac',
  accent: '#52c5d2',
  'accent-hover': '#74d5df',
  'accent-pressed': '#3aa9b7',
  'accent-soft': '#52c5d21f',
  'on-accent': '#04232a',
  foreground: '#ff9166',
  'foreground-soft': '#ff916633',
  positive: '#62c992',
  'positive-soft': '#62c9921f',
  warning: '#e6b85c',
  'warning-soft': '#e6b85c1f',
  danger: '#f5847f',
  'danger-soft': '#f5847f1f',
  stage: '#080a0d',
  shadow: '#00000080',
  'series-2': '#f0a868',
  'series-3': '#b09af5',
}

const light: Palette = {
  canvas: '#f4f6f8',
  rail: '#ebeef2',
  panel: '#ffffff',
  raised: '#f6f8fa',
  hover: '#e9edf2',
  overlay: '#ffffff',
  border: '#dde2e8',
  'border-strong': '#bcc5d0',
  text: '#161c24',
  'text-2': '#3b4551',
  'text-3': '#535e6b',
  accent: '#086977',
  'accent-hover': '#0a7686',
  'accent-pressed': '#075a67',
  'accent-soft': '#08697717',
  'on-accent': '#ffffff',
  foreground: '#a03b10',
  'foreground-soft': '#a03b1026',
  positive: '#186a41',
  'positive-soft': '#186a411a',
  warning: '#835700',
  'warning-soft': '#b97d001f',
  danger: '#b92d2a',
  'danger-soft': '#b92d2a14',
  stage: '#e3e7ec',
  shadow: '#1a253326',
  'series-2': '#96470a',
  'series-3': '#6349bd',
}

export const palettes = { dark, light } as const
export type ColourScheme = keyof typeof palettes

/** Writes the palette where style sheets find it. */
export function applyPalette(scheme: ColourScheme, root: HTMLElement): void {
  root.style.colorScheme = scheme
  root.dataset.scheme = scheme
  for (const [name, value] of Object.entries<string>({ ...palettes[scheme] })) {
    root.style.setProperty(`--c-${name}`, value)
  }
}
