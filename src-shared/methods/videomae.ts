import type { RecipeName, RecipeSize } from '../config/recipes.ts'
import type { PretrainConfig } from '../config/pretrain-config.ts'
import { ENCODERS, encoders } from '../encoders/index.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { ValuesOf } from '../settings/setting.ts'
import { CALCULATED } from './healthy.ts'
import { defineMethod, type Values } from './method.ts'
import { countsOf, maskKinds, tokenGrid } from './videomae/masks.ts'

export const videomaeSettings = {
  maskKind: {
    type: 'choice',
    label: 'Mask',
    meaning:
      'tube: the same cells of the frame are hidden at all times; frame: all cells at some times; random: any tokens',
    group: 'method',
    choices: maskKinds,
    default: 'tube',
  },
  maskRatio: {
    type: 'number',
    label: 'Hidden share',
    meaning: 'Share of the tokens that is hidden, rounded down to whole cells, times or tokens',
    group: 'method',
    min: 0.01,
    max: 0.99,
    default: 0.9,
  },
  normaliseTarget: {
    type: 'flag',
    label: 'Normalise the target',
    meaning:
      'Predict the colours of each cube less their mean and divided by their deviation, instead of the colours',
    group: 'method',
    default: true,
  },
  decoderWidth: {
    type: 'int',
    label: 'Width of the decoder',
    meaning: 'Numbers of a token in the decoder; 0 is half of the encoder’s',
    group: 'model',
    min: 0,
    max: 4096,
    default: 0,
  },
  decoderBlocks: {
    type: 'int',
    label: 'Blocks of the decoder',
    meaning: 'Transformer blocks of the decoder',
    group: 'model',
    min: 1,
    max: 24,
    default: 4,
  },
  decoderHeads: {
    type: 'int',
    label: 'Heads of the decoder',
    meaning:
      'Attention heads of a block of the decoder; 0 is one for every 64 numbers, at least one',
    group: 'model',
    min: 0,
    max: 64,
    default: 0,
  },
} as const satisfies PretrainTable

type VideomaeConfig = PretrainConfig & ValuesOf<typeof videomaeSettings>

/** Width and heads of the decoder that the settings describe. */
export function decoderSize(
  { decoderWidth, decoderHeads }: ValuesOf<typeof videomaeSettings>,
  encoderWidth: number,
): { width: number; heads: number } {
  const width = decoderWidth === 0 ? encoderWidth / 2 : decoderWidth
  const heads = decoderHeads === 0 ? Math.max(1, Math.round(width / 64)) : decoderHeads
  return { width, heads }
}

/** Encoders whose clips become tokens, which can be hidden. */
const WITH_TOKENS = ENCODERS.filter((name) => encoders[name].cube !== undefined)

function faultOf(config: VideomaeConfig): string | null {
  const { model, maskKind, maskRatio } = config
  const { label, featureSize } = encoders[model]
  const grid = tokenGrid(config)
  if (!grid) {
    return `VideoMAE hides tokens, which ${label} does not have: set model to ${WITH_TOKENS.join(', ')}.`
  }
  const { width, heads } = decoderSize(config, featureSize)
  if (width % heads !== 0) {
    return `A decoder ${width} wide cannot have ${heads} heads of equal size: set decoderWidth to a multiple of decoderHeads.`
  }
  const { units, hidden } = countsOf(grid, { maskKind, maskRatio })
  if (hidden > 0 && hidden < units) return null
  const what = { tube: 'cells of the frame', frame: 'times', random: 'tokens' }[maskKind]
  return `Of ${units} ${what}, maskRatio ${maskRatio} hides ${hidden}, so there is nothing to ${hidden === 0 ? 'predict' : 'predict it from'}: set frames, size or maskRatio to another value.`
}

/** Only the crop changes clips (section 4 of the paper). */
const PLAIN: Values = { cropScaleMin: 0.44, flip: 0, grayscale: 0, jitter: 0, blur: 0 }

/** What every recipe has. */
const COMMON: Values = {
  ...PLAIN,
  optimiser: 'adamw',
  beta2: 0.95,
  weightDecay: 0.05,
  decayVectors: false,
  lrRule: 'per-256',
}

/** Few tokens, and so a lower share of them hidden. */
const SAMPLE: Values = {
  model: 'vit_tiny',
  frames: 16,
  size: 64,
  maskRatio: 0.75,
  decoderBlocks: 2,
  lr: 2e-3,
  warmup: 5,
  batch: 16,
}

const KINETICS: Values = { lr: 1.5e-4, finalLr: 1e-5, warmup: 40, epochs: 1600, stride: 4 }
const UCF101: Values = {
  ...KINETICS,
  lr: 3e-4,
  epochs: 3200,
  maskRatio: 0.75,
}

/** The paper's clips on its encoder; smaller ones on a processor. */
const SIZES: Record<RecipeSize, Values> = {
  cpu: { model: 'vit_tiny', size: 64, batch: 8, accumulate: 8 },
  gpu: { model: 'vit_small', size: 224 },
  big: { model: 'vit_base', size: 224 },
}

function largeRecipe(recipe: RecipeName): Values {
  return recipe === 'ucf101' ? UCF101 : KINETICS
}

/** VideoMAE (Tong et al., NeurIPS 2022): predicts hidden cubes of a clip from the few that it sees. */
export const videomae = defineMethod({
  label: 'VideoMAE',
  sharesBatches: true,
  meaning:
    'Hides most of a clip and predicts it from the rest; for transformers, and slow to pass random weights on small sets (Tong et al., NeurIPS 2022)',
  views: () => [
    {
      name: 'first',
      label: 'Clip',
      meaning: 'One clip of the video; the encoder sees the part of it that is not hidden',
    },
  ],
  defaults: { ...COMMON, model: 'vit_small', size: 224, stride: 4, finalLr: 0, lr: 1.5e-4 },
  settings: videomaeSettings,
  fault: faultOf,
  metrics: {
    loss: {
      label: 'Loss',
      print: 'number',
      source: 'measured',
      better: 'low',
      meaning:
        'Mean squared difference of predicted and true colours over the hidden cubes. With a normalised target, predicting the mean colour of each cube gives 1',
    },
    explained: {
      label: 'Explained',
      print: 'percent',
      source: 'measured',
      better: 'high',
      meaning:
        'Share of the variance within the hidden cubes that the prediction explains: 0 is what the mean colour of each cube gives, 100 % a perfect prediction',
    },
  },
  charts: [
    { name: 'loss', title: 'Loss', metrics: ['loss'], min: 0 },
    { name: 'explained', title: 'Explained share of hidden cubes', metrics: ['explained'], max: 1 },
  ],
  pictures: () => [
    { name: 'input', label: 'Clip', meaning: 'The clip as the loader gives it' },
    { name: 'masked', label: 'Seen', meaning: 'What the encoder sees; hidden cubes are grey' },
    {
      name: 'reconstruction',
      label: 'Predicted',
      meaning:
        'Hidden cubes as they are predicted, among the seen ones. With a normalised target, each has the true mean and deviation of its colours, which the network does not predict',
    },
  ],
  health: ({ normaliseTarget }) => [
    {
      metric: 'explained',
      min: 0,
      marks: [{ value: 0, label: 'mean colour' }],
      reason:
        'The mean colour of each cube explains nothing of what varies within it. Less than that is worse than not predicting.',
      source: CALCULATED,
      below:
        'The prediction is worse than no prediction. During the warm-up that is usual; later, start again with a lower learning rate or a longer warm-up.',
    },
    {
      metric: 'loss',
      ...(normaliseTarget && { max: 1, marks: [{ value: 1, label: 'mean colour' }] }),
      reason: normaliseTarget
        ? 'The colours of a cube have a mean of 0 and a variance of 1 for each colour, so a prediction of 0 has a loss of 1.'
        : 'Colours are not normalised, so the loss depends on the contrast of the videos and has no range.',
      source: CALCULATED,
      ...(normaliseTarget && {
        above:
          'The prediction is worse than the mean colour of each cube. During the warm-up that is usual; later, start again with a lower learning rate or a longer warm-up.',
      }),
    },
  ],
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return { ...COMMON, ...SAMPLE }
    return { ...COMMON, ...largeRecipe(recipe), ...SIZES[size] }
  },
  paper(recipe) {
    if (recipe !== 'ucf101' && recipe !== 'kinetics') return null
    const batch = recipe === 'ucf101' ? 192 : 2048
    return { ...COMMON, ...largeRecipe(recipe), ...SIZES.big, merge: 'none', batch }
  },
  older: {},
})
