import type { PretrainTable } from '../settings/pretraining.ts'

const probability = { type: 'number', group: 'augmentation', min: 0, max: 1 } as const
const strength = { type: 'number', group: 'augmentation', min: 0, max: 1, default: 0.4 } as const

/** How clips are cut and how their pixels change. */
export const augmentationSettings = {
  cropScaleMin: {
    type: 'number',
    label: 'Smallest crop',
    meaning: 'Smallest share of the frame area that the random resized crop takes',
    group: 'augmentation',
    min: 0.01,
    max: 1,
    default: 0.2,
  },
  cropScaleMax: {
    type: 'number',
    label: 'Largest crop',
    meaning: 'Largest share of the frame area that the random resized crop takes',
    group: 'augmentation',
    min: 0.01,
    max: 1,
    default: 1,
  },
  cropAspectMin: {
    type: 'number',
    label: 'Smallest aspect ratio',
    meaning:
      'Smallest ratio of width to height of a crop; the largest is its inverse. 0.75 takes crops from 3:4 to 4:3, 0.5 from 1:2 to 2:1',
    group: 'augmentation',
    min: 0.1,
    max: 1,
    default: 0.75,
  },
  flip: {
    ...probability,
    label: 'Flip',
    meaning: 'Probability of a horizontal flip',
    default: 0.5,
  },
  grayscale: {
    ...probability,
    label: 'Grayscale',
    meaning: 'Probability of dropping colour',
    default: 0.2,
  },
  jitter: {
    ...probability,
    label: 'Colour jitter',
    meaning: 'Probability of changing brightness, contrast, saturation and hue, in random order',
    default: 0.8,
  },
  jitterBrightness: {
    ...strength,
    label: 'Jitter of brightness',
    meaning: 'Brightness is multiplied by a factor of 1 ± this',
  },
  jitterContrast: {
    ...strength,
    label: 'Jitter of contrast',
    meaning: 'Contrast is multiplied by a factor of 1 ± this',
  },
  jitterSaturation: {
    ...strength,
    label: 'Jitter of saturation',
    meaning: 'Saturation is multiplied by a factor of 1 ± this',
  },
  jitterHue: {
    ...strength,
    label: 'Jitter of hue',
    meaning: 'Hue is turned by up to this, either way',
    unit: 'turns',
    max: 0.5,
    default: 0.1,
  },
  colourOrder: {
    type: 'choice',
    label: 'Order of colour changes',
    meaning:
      'Whether colour is dropped before the jitter, as in the FAME reference, or after it (Chen et al., ICML 2020). Blur and solarisation follow',
    group: 'augmentation',
    choices: ['grayscale-first', 'jitter-first'],
    default: 'grayscale-first',
  },
  blur: {
    ...probability,
    label: 'Blur',
    meaning: 'Probability of a Gaussian blur, sigma 0.1 to 2 px',
    default: 0.5,
  },
  solarise: {
    ...probability,
    label: 'Solarisation',
    meaning: 'Probability of inverting values of 0.5 and more',
    default: 0,
  },
  asymmetric: {
    type: 'flag',
    label: 'Asymmetric colours',
    meaning:
      'Blur and solarise the clips after the first with probabilities of their own, the next two settings (Grill et al., NeurIPS 2020)',
    group: 'augmentation',
    default: false,
  },
  blurOthers: {
    ...probability,
    label: 'Blur of other clips',
    meaning: 'Probability of a blur for the clips after the first; only with asymmetric colours',
    default: 0.1,
  },
  solariseOthers: {
    ...probability,
    label: 'Solarisation of other clips',
    meaning: 'Probability of solarising the clips after the first; only with asymmetric colours',
    default: 0.2,
  },
  consistent: {
    type: 'flag',
    label: 'Consistent over time',
    meaning:
      'One draw of crop, flip and colours for all frames of a clip. Off draws each frame by itself, which breaks up motion (the ablation of Qian et al., CVPR 2021); merging needs it on',
    group: 'augmentation',
    default: true,
  },
  coloursByFrame: {
    type: 'flag',
    label: 'Colours by frame',
    meaning:
      'Draws the colours of each frame by itself while the clip keeps one crop and flip, so that colours do not tell how far two frames are apart (Wang et al., ECCV 2020)',
    group: 'augmentation',
    default: false,
  },
  frameMix: {
    ...probability,
    label: 'Frame mixed in',
    meaning:
      'Largest part λ of one random frame of the clip that is mixed into all frames of the first clip, uniform from 0; 0.3 in Wang et al., CVPR 2021, and 0 mixes none',
    default: 0,
  },
} as const satisfies PretrainTable
