import { videosOfStep } from '../config/steps.ts'
import type { RecipeName } from '../config/recipes.ts'
import { chanceLoss, errorOfMeanIndex, standardErrorOfShare } from '../metrics/chance.ts'
import { HEALTH_SMOOTHING, type HealthCheck } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { ValuesOf } from '../settings/setting.ts'
import { formatNumber } from '../text/numbers.ts'
import { CALCULATED } from './healthy.ts'
import { defineMethod, type Values, type ViewRole } from './method.ts'
import { dropoutSetting, pretextCharts, pretextMetrics } from './pretext.ts'
import { chanceOf, familiesOf, type Family } from './statistics/answers.ts'

export const statisticsSettings = {
  statistics: {
    type: 'choice',
    label: 'Statistics',
    meaning:
      'motion: 14 statistics of the optical flow. appearance: 13 statistics of colours. both: all of them (Wang et al., CVPR 2019)',
    group: 'method',
    choices: ['both', 'motion', 'appearance'],
    default: 'both',
  },
  statisticsAs: {
    type: 'choice',
    label: 'Statistics as',
    meaning:
      'indices: the statistics are numbers, and the loss is the squared error of a linear layer (the paper). classes: one softmax for each statistic, and the loss is the mean cross-entropy',
    group: 'method',
    choices: ['indices', 'classes'],
    default: 'indices',
  },
  appearanceWeight: {
    type: 'number',
    label: 'Weight of appearance',
    meaning:
      'Weight of the loss of appearance beside that of motion, whose weight is 1; 0.1 in Wang et al., CVPR 2019',
    group: 'method',
    min: 0,
    max: 100,
    default: 0.1,
  },
  dropout: dropoutSetting,
} as const satisfies PretrainTable

/** Answers are those of the colours that the encoder sees, so that colours are left as they are. */
const PLAIN: Values = { grayscale: 0, jitter: 0, blur: 0 }

/** The paper's learning rate and consecutive frames. */
const LARGE: Values = { ...PLAIN, lr: 1e-3, stride: 1 }

/** 80,000 steps of 16 videos are 134 epochs of UCF101 and 5 of Kinetics-400. */
const EPOCHS: Partial<Record<RecipeName, Values>> = {
  ucf101: { epochs: 134 },
  kinetics: { epochs: 5 },
}

/** The clips of the paper; its encoder is C3D, and the batch is our own choice. */
const BIG: Values = { model: 'r3d_18', frames: 16, size: 112, batch: 16, accumulate: 1 }

/** A rate at which squared errors of indices do not run away. */
const SAMPLE: Values = { batch: 16, lr: 5e-3 }

const COLOURS: ViewRole = {
  name: 'clip',
  label: 'Clip',
  meaning: 'The clip as the encoder takes it, which must tell its statistics',
}
const FLOW: ViewRole = {
  name: 'flow',
  label: 'Flow',
  meaning: 'The optical flow of the same clip, of which the statistics of motion are computed',
  modality: 'flow',
  sameClipAs: 0,
}

type Config = ValuesOf<typeof statisticsSettings> & {
  frames: number
  batch: number
  accumulate: number
  repeats: number
}

const loss = { print: 'number', source: 'measured', better: 'low' } as const

/** Motion and appearance statistics (Wang et al., CVPR 2019). */
export const statistics = defineMethod({
  label: 'Motion and appearance statistics',
  sharesBatches: true,
  meaning:
    'Tells where and in which direction most moves, and where colours change most and least (Wang et al., CVPR 2019)',
  views: (config) => (config.statistics === 'appearance' ? [COLOURS] : [COLOURS, FLOW]),
  settings: statisticsSettings,
  defaults: PLAIN,
  fault: (config) => faultOf(config),
  metrics: {
    ...pretextMetrics(
      'the statistics of a clip, where an index counts if it is right when rounded',
    ),
    loss: {
      ...loss,
      label: 'Loss',
      meaning: 'Loss of motion plus the weighted loss of appearance',
    },
    motionLoss: {
      ...loss,
      label: 'Loss of motion',
      meaning:
        'Mean over the 14 statistics of motion: squared error of indices, or cross-entropy of classes',
    },
    appearanceLoss: {
      ...loss,
      label: 'Loss of appearance',
      meaning:
        'Mean over the 13 statistics of appearance before its weight: squared error of indices, or cross-entropy of classes',
    },
  },
  charts: [
    { name: 'loss', title: 'Loss', metrics: ['loss', 'motionLoss', 'appearanceLoss'], min: 0 },
    ...pretextCharts.filter(({ name }) => name !== 'loss'),
  ],
  health: (config) => [
    ...lossChecks(config.statisticsAs, familiesOf(config)),
    accuracyCheck(config, familiesOf(config)),
  ],
  scoredFrom: () => 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    return { ...LARGE, ...EPOCHS[recipe], ...(size === 'big' && EPOCHS[recipe] && BIG) }
  },
  paper: (recipe) =>
    EPOCHS[recipe] ? { merge: 'none', ...LARGE, ...EPOCHS[recipe], ...BIG } : null,
  older: {},
})

function faultOf(config: {
  statistics: string
  modality: string
  consistent: boolean
  coloursByFrame: boolean
  flip: number
  flowFlip: string
}): string | null {
  if (config.modality === 'flow') {
    return 'modality is flow: the encoder takes colours and must tell the statistics of flow. Set modality to rgb.'
  }
  if (!config.consistent || config.coloursByFrame) {
    return 'consistent is false or coloursByFrame is true: statistics over time need frames that all have the same crop and colours. Set consistent to true and coloursByFrame to false.'
  }
  if (config.statistics !== 'appearance' && config.flip > 0 && config.flowFlip === 'keep') {
    return 'flowFlip is keep: directions of a clip that is mirrored would be those of another. Set flowFlip to negate, or flip to 0.'
  }
  return null
}

const REMEDY =
  'Start again with a lower learning rate, or let the run go on: the first steps only find the means.'

/** The loss of each kind and their sum, up to what needs no look at the clip. */
function lossChecks(as: string, families: readonly Family[]): HealthCheck[] {
  const worth = as === 'classes' ? (K: number) => chanceLoss(K - 1) : errorOfMeanIndex
  const means = families.map(({ answers }) => {
    return answers.reduce((sum, K) => sum + worth(K), 0) / answers.length
  })
  const total = families.reduce((sum, { weight }, i) => sum + weight * means[i], 0)
  const formula = as === 'classes' ? 'log K' : '(K² - 1) / 12'
  const guess =
    as === 'classes'
      ? 'Equal answers of all softmaxes give'
      : 'Naming the mean index always, of indices that are all equally frequent, gives'
  const check = (metric: string, chance: number, of: string): HealthCheck => ({
    metric,
    max: chance,
    marks: [{ value: chance, label: 'chance' }],
    reason: `${guess} ${formula} for a statistic of K values, and ${formatNumber(chance)} for ${of}.`,
    source: CALCULATED,
    above: `The loss is above ${formatNumber(chance)}, which needs no look at the clip. ${REMEDY}`,
  })
  return [
    check('loss', total, 'the weighted sum'),
    ...families.map(({ name, answers }, i) => {
      return check(`${name}Loss`, means[i], `the ${answers.length} of ${name}`)
    }),
  ]
}

/** Standard errors that the accuracy must be away from chance. */
const ERRORS = 3

function accuracyCheck(
  { statisticsAs, ...config }: Config,
  families: readonly Family[],
): HealthCheck {
  const chance = chanceOf(families)
  const marks = [{ value: chance, label: 'chance' }]
  if (statisticsAs === 'indices') {
    return {
      metric: 'pretext',
      marks,
      reason:
        'The squared error asks for a number that is near, not for one that is right when rounded, so that this share has no range.',
      source: CALCULATED,
    }
  }
  const error = standardErrorOfShare(chance, videosOfStep(config), HEALTH_SMOOTHING)
  return {
    metric: 'pretext',
    min: chance + ERRORS * error,
    marks,
    reason: `Guesses among K equally frequent values are right in 1 of K cases, ${formatNumber(100 * chance)} % over all statistics. The range begins ${ERRORS} standard errors of the mean of the latest steps above that, as if the statistics of a clip were one question.`,
    source: CALCULATED,
    below: `The answers are no better than guesses. ${REMEDY}`,
  }
}
