import type { EncoderDescriptor } from './encoder.ts'
import { i3d } from './i3d.ts'
import { r2plus1d18 } from './r2plus1d-18.ts'
import { r2plus1dNarrow } from './r2plus1d-narrow.ts'

/** Every encoder, by the name that settings and the command line use. */
export const encoders = {
  r2plus1d_18: r2plus1d18,
  r2plus1d_narrow: r2plus1dNarrow,
  i3d,
} as const satisfies Record<string, EncoderDescriptor>

export type EncoderName = keyof typeof encoders

export const ENCODERS = Object.keys(encoders) as [EncoderName, ...EncoderName[]]
