import type { PretrainConfig } from '#shared/config/pretrain-config.ts'

/**
 * How the clips that train a classifier change, whatever the encoder was pretrained with: what a
 * method asks of the clips that it compares is left out, so that evaluations of runs are comparable.
 */
export const CLASSIFIER_VIEWS = {
  interval: 'independent',
  jitterBrightness: 0.4,
  jitterContrast: 0.4,
  jitterSaturation: 0.4,
  jitterHue: 0.1,
  colourOrder: 'grayscale-first',
  blur: 0,
  solarise: 0,
  asymmetric: false,
  consistent: true,
  coloursByFrame: false,
  frameMix: 0,
  background: 'inter',
} as const satisfies Partial<PretrainConfig>
