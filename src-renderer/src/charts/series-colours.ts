import type { ColourScheme } from '../ui/theme/palette.ts'

/** Hues that are told apart at a glance, in the order in which they are given out. */
const HUES = [187, 28, 256, 135, 338, 48, 210, 5, 300, 95]

/** The colour of one of many series; after ten they come again, paler. */
export function seriesColour(index: number, scheme: ColourScheme): string {
  const hue = HUES[index % HUES.length] ?? 0
  const again = Math.floor(index / HUES.length) % 3
  const light = (scheme === 'dark' ? 64 : 38) + again * (scheme === 'dark' ? -14 : 14)
  return `hsl(${hue} ${scheme === 'dark' ? 62 : 68}% ${light}%)`
}
