import { encoders, type EncoderName } from '../../encoders/index.ts'

export const maskKinds = ['tube', 'random', 'frame'] as const
export type MaskKind = (typeof maskKinds)[number]

/** The tokens of a clip, in time, height and width. */
export interface TokenGrid {
  times: number
  height: number
  width: number
}

/** The tokens that an encoder makes of clips; null where it has no tokens. */
export function tokenGrid({
  model,
  frames,
  size,
}: {
  model: EncoderName
  frames: number
  size: number
}): TokenGrid | null {
  const { cube } = encoders[model]
  if (!cube) return null
  const side = Math.floor(size / cube.size)
  return { times: Math.floor(frames / cube.frames), height: side, width: side }
}

/** What a mask chooses among: cells of the frame, times, or tokens; and how many of them it hides. */
export function countsOf(
  { times, height, width }: TokenGrid,
  { maskKind, maskRatio }: { maskKind: MaskKind; maskRatio: number },
): { units: number; hidden: number } {
  const cells = height * width
  const units = { tube: cells, frame: times, random: times * cells }[maskKind]
  // The smallest part guards against a product such as 0.29 * 100 just below the whole number.
  return { units, hidden: Math.floor(maskRatio * units + 1e-9) }
}
