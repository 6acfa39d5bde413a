import { r2plus1dDesign, sameParameters } from './r2plus1d.ts'

/**
 * For small machines: a quarter of the channels, one block a stage, and middle channels rounded to
 * a multiple of 16, which is what the processor's matrix units work on.
 */
export const r2plus1dNarrow = r2plus1dDesign({
  stem: 32,
  stages: [16, 32, 64, 128],
  blocks: 1,
  middle: (inputs, outputs) => 16 * Math.round(sameParameters(inputs, outputs) / 16),
})
