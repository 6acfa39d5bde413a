import type { EncoderName } from '#shared/encoders/index.ts'
import type { EncoderDesign } from './design.ts'
import { i3d } from './i3d.ts'
import { r2plus1d18 } from './r2plus1d-18.ts'
import { r2plus1dNarrow } from './r2plus1d-narrow.ts'

/** How each encoder is built; `encoders` in src-shared describes them. */
export const encoderDesigns: Record<EncoderName, EncoderDesign> = {
  r2plus1d_18: r2plus1d18,
  r2plus1d_narrow: r2plus1dNarrow,
  i3d,
}
