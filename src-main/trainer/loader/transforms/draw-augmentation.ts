import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { Cut, Look } from '#shared/views/view-spec.ts'
import { drawBlurSigma } from './blur.ts'
import { drawColourJitter, type JitterStrength } from './colour.ts'
import { drawResizedCrop } from './crop.ts'

/** Draws a random resized crop and a flip. @param frame pixels of the video */
export function drawCut(
  rng: Rng,
  frame: { height: number; width: number },
  config: Pick<PretrainConfig, 'cropScaleMin' | 'cropScaleMax' | 'cropAspectMin' | 'flip'>,
): Cut {
  const { cropScaleMin: scaleMin, cropScaleMax: scaleMax, cropAspectMin } = config
  const ratio = [cropAspectMin, 1 / cropAspectMin] as const
  const box = drawResizedCrop(rng, frame.height, frame.width, { scaleMin, scaleMax, ratio })
  return { box, flip: rng.chance(config.flip) }
}

type ColourSettings = Pick<
  PretrainConfig,
  | 'modality'
  | 'grayscale'
  | 'jitter'
  | 'jitterBrightness'
  | 'jitterContrast'
  | 'jitterSaturation'
  | 'jitterHue'
  | 'colourOrder'
  | 'blur'
  | 'solarise'
  | 'asymmetric'
  | 'blurOthers'
  | 'solariseOthers'
>

/** Flow has no colours: they would turn motions. */
const UNCHANGED: Look = {
  grayscale: false,
  jitter: null,
  isJitterFirst: false,
  blurSigma: null,
  isSolarised: false,
}

/** Draws how colours change. @param view place of the clip among those of its video */
export function drawLook(rng: Rng, config: ColourSettings, view: number): Look {
  if (config.modality === 'flow') return UNCHANGED
  const { blur, solarise } = chancesOf(config, view)
  return {
    grayscale: rng.chance(config.grayscale),
    jitter: rng.chance(config.jitter) ? drawColourJitter(rng, strengthOf(config)) : null,
    isJitterFirst: config.colourOrder === 'jitter-first',
    blurSigma: rng.chance(blur) ? drawBlurSigma(rng) : null,
    isSolarised: rng.chance(solarise),
  }
}

function chancesOf(
  { blur, solarise, asymmetric, blurOthers, solariseOthers }: ColourSettings,
  view: number,
): { blur: number; solarise: number } {
  if (asymmetric && view > 0) return { blur: blurOthers, solarise: solariseOthers }
  return { blur, solarise }
}

function strengthOf(config: ColourSettings): JitterStrength {
  const { jitterBrightness, jitterContrast, jitterSaturation, jitterHue } = config
  return {
    brightness: jitterBrightness,
    contrast: jitterContrast,
    saturation: jitterSaturation,
    hue: jitterHue,
  }
}
