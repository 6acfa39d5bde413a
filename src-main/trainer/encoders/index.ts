import type { EncoderName } from '#shared/encoders/index.ts'
import type { EncoderDesign } from './design.ts'
import { critic3d } from './critic-3d.ts'
import { critic3dNarrow } from './critic-3d-narrow.ts'
import { i3d } from './i3d.ts'
import { r2plus1d18 } from './r2plus1d-18.ts'
import { r2plus1dNarrow } from './r2plus1d-narrow.ts'
import { r3d18 } from './r3d-18.ts'
import { r3d18Narrow } from './r3d-18-narrow.ts'
import { r3d50 } from './r3d-50.ts'
import { r3d50Narrow } from './r3d-50-narrow.ts'
import { slow50 } from './slow-50.ts'
import { s3d } from './s3d.ts'
import { s3dG } from './s3d-g.ts'
import { s3dNarrow } from './s3d-narrow.ts'
import { vitBase } from './vit-base.ts'
import { vitSmall } from './vit-small.ts'
import { vitTiny } from './vit-tiny.ts'

/** How each encoder is built; `encoders` in src-shared describes them. */
export const encoderDesigns: Record<EncoderName, EncoderDesign> = {
  r2plus1d_18: r2plus1d18,
  r2plus1d_narrow: r2plus1dNarrow,
  i3d,
  r3d_18: r3d18,
  r3d_18_narrow: r3d18Narrow,
  r3d_50: r3d50,
  r3d_50_narrow: r3d50Narrow,
  slow_50: slow50,
  s3d,
  s3d_g: s3dG,
  s3d_narrow: s3dNarrow,
  vit_tiny: vitTiny,
  vit_small: vitSmall,
  vit_base: vitBase,
  critic_3d: critic3d,
  critic_3d_narrow: critic3dNarrow,
}
