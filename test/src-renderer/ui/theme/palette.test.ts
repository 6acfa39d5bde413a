import { describe, expect, it } from 'vitest'
import { palettes, type Palette } from '../../../../src-renderer/src/ui/theme/palette.ts'

/** Red, green and blue from 0 to 1. */
type Rgb = [number, number, number]

const channels = (hex: string): Rgb =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as Rgb
const alphaOf = (hex: string) => (hex.length === 9 ? parseInt(hex.slice(7), 16) / 255 : 1)

function layered(top: string, base: Rgb): Rgb {
  const alpha = alphaOf(top)
  const over = channels(top)
  return base.map((value, i) => value * (1 - alpha) + over[i]! * alpha) as Rgb
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light! + 0.05) / (dark! + 0.05)
}

const plain = ['canvas', 'rail', 'panel', 'raised', 'hover', 'overlay'] as const
const tints = ['accent-soft', 'positive-soft', 'warning-soft', 'danger-soft'] as const
const texts = [
  'text',
  'text-2',
  'text-3',
  'accent',
  'positive',
  'warning',
  'danger',
  'foreground',
  'series-2',
  'series-3',
] as const satisfies readonly (keyof Palette)[]

describe.each(['dark', 'light'] as const)('the %s palette', (scheme) => {
  const palette = palettes[scheme]
  const surfaces = plain.flatMap((name) => {
    const base = channels(palette[name])
    // Nothing tinted lies on what is hovered.
    const tinted = name === 'hover' ? [] : tints
    return [
      { name: name as string, colour: base },
      ...tinted.map((tint) => ({
        name: `${tint} on ${name}`,
        colour: layered(palette[tint], base),
      })),
    ]
  })

  it.each(texts)('keeps %s readable on every surface, tinted ones included', (text) => {
    const faint = surfaces
      .map(({ name, colour }) => ({ name, contrast: contrast(channels(palette[text]), colour) }))
      .filter((one) => one.contrast < 4.5)
    expect(faint).toEqual([])
  })

  it.each(['accent', 'accent-hover', 'accent-pressed'] as const)(
    'keeps text on %s readable',
    (name) => {
      expect(contrast(channels(palette['on-accent']), channels(palette[name]))).toBeGreaterThan(4.5)
    },
  )
})
