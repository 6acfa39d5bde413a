import type { MaskScore } from '../contract/mask-windows.ts'

/** Below these, or beyond these areas, a window says why it deserves a look. */
const UNCLEAR = 0.6
const DISAGREEING = 0.35
const HARDLY = 0.05
const MOST = 0.6

/**
 * How much a window deserves a look, 0..1: any one reason is enough, so it is one minus the product
 * of what speaks for the mask.
 */
export function reviewPriority({
  stability,
  area,
  agreement,
}: Omit<MaskScore, 'priority'>): number {
  const extreme = area <= HARDLY || area >= MOST ? 0.5 : 1
  return 1 - stability * (0.5 + agreement / 2) * extreme
}

/** Why a window deserves a look, in words; empty where nothing speaks against its mask. */
export function reviewReasons({ stability, area, agreement }: MaskScore): string[] {
  const reasons: string[] = []
  if (stability < UNCLEAR) reasons.push('unclear edge')
  if (area >= MOST) reasons.push('mostly foreground')
  if (area <= HARDLY) reasons.push('almost no foreground')
  if (agreement < DISAGREEING) reasons.push('colour and motion disagree')
  return reasons
}
