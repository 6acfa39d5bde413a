import type { RecipeName } from '../config/recipes.ts'
import type { HealthCheck } from '../metrics/health.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { ValuesOf } from '../settings/setting.ts'
import {
  contrastiveCharts,
  contrastiveMetrics,
  mlpSettings,
  olderHead,
  projectionSettings,
  temperatureSetting,
} from './contrastive.ts'
import { CALCULATED, contrastChecks, queueContrast, spreadCheck, topCheck } from './healthy.ts'
import { defineMethod, type Values, type ViewRole } from './method.ts'

export const beSettings = {
  projectionSize: projectionSettings.projectionSize,
  ...mlpSettings,
  extraNegative: {
    type: 'choice',
    label: 'Extra negative',
    meaning:
      'An additional negative for each query, which the query encoder embeds: another clip of the same video, the mixed clip of another video of the batch, or none',
    group: 'method',
    choices: ['same-video', 'other-video', 'none'],
    default: 'same-video',
  },
  queue: {
    type: 'int',
    label: 'Queue',
    meaning: 'Number of negatives; 65,536 for Kinetics, 3,569 for UCF101',
    group: 'method',
    unit: 'clips',
    min: 2,
    max: 1_048_576,
    default: 3569,
  },
  temperature: { ...temperatureSetting, default: 0.07 },
  keyMomentum: {
    type: 'number',
    label: 'Key momentum m',
    meaning: 'EMA update of the key encoder: key = m * key + (1 - m) * query',
    group: 'method',
    min: 0,
    max: 1,
    default: 0.999,
  },
} as const satisfies PretrainTable

/** A short schedule: the key encoder follows sooner. */
const SAMPLE: Values = {
  projectionSize: 64,
  queue: 192,
  temperature: 0.1,
  keyMomentum: 0.95,
}

/** I3D at 224 px with SGD. */
const PAPER: Values = {
  merge: 'none',
  model: 'i3d',
  frames: 16,
  stride: 4,
  size: 224,
  lr: 0.003,
  weightDecay: 1e-4,
  schedule: 'step',
  stepAt: '120 160 200',
}

/** The paper's rows by data set, over the defaults. */
const PAPERS: Partial<Record<RecipeName, Values>> = {
  ucf101: { ...PAPER, epochs: 200, batch: 4, queue: 3569 },
  kinetics: { ...PAPER, epochs: 50, batch: 64, queue: 65_536 },
}

/** What suits every size of a recipe: the rest is that of the data set's recipe. */
const OWN: Partial<Record<RecipeName, Values>> = {
  ucf101: { stride: 4, queue: 3569 },
  kinetics: { stride: 4, epochs: 50, queue: 65_536 },
  'kinetics-600': { stride: 4, epochs: 50, queue: 65_536 },
}

/** On a big GPU as in the paper, merging aside: that is chosen with the preset. */
function withoutMerge(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'merge'))
}

/** What a query has in common with its extra negative, and what it means if that weighs most. */
const EXTRA_REASONS = {
  'same-video':
    'The extra negative shares its background with the query. If it is more similar than the positive, the encoder recognises the video by its background and not by its motion.',
  'other-video':
    'The extra negative is the query of another video of the batch, a clip with one of its own frames mixed in. The positive is of the same video and has nothing mixed in. If the extra negative is more similar, the encoder attends to the mixing more than to the video.',
}

function extraCheck(extra: ValuesOf<typeof beSettings>['extraNegative']): HealthCheck {
  const metric = 'extra'
  if (extra === 'none') {
    const reason = 'With extraNegative none, there is no extra negative to measure.'
    return { metric, reason, source: CALCULATED }
  }
  return {
    metric,
    max: { metric: 'positive' },
    reason: EXTRA_REASONS[extra],
    source: 'Wang et al., CVPR 2021',
    above:
      'The extra negative is more similar to the query than the positive is, so the encoder does not learn to tell them apart. Start again with a lower learning rate or more epochs, or choose another extra negative.',
  }
}

const VIEWS: readonly ViewRole[] = [
  {
    name: 'query',
    label: 'Query',
    meaning:
      'One clip of the video with one of its frames mixed into all, the input of the query encoder',
  },
  {
    name: 'key',
    label: 'Key',
    meaning: 'Another clip of the video with nothing mixed in, the query’s positive',
  },
  {
    name: 'negative',
    label: 'Extra negative',
    meaning: 'A third clip of the same video, an extra negative of the query',
  },
]

/** BE (Wang et al., CVPR 2021): one still frame mixed into the query takes the background's weight. */
export const be = defineMethod({
  label: 'BE',
  sharesBatches: true,
  meaning:
    'MoCo with one frame mixed into the whole query clip, so that the background is less informative (Wang et al., CVPR 2021)',
  views: ({ extraNegative }) => VIEWS.slice(0, extraNegative === 'same-video' ? 3 : 2),
  // The largest part of one frame that the paper mixes into a clip.
  defaults: { frameMix: 0.3 },
  settings: beSettings,
  fault: () => null,
  metrics: {
    ...contrastiveMetrics({
      loss: 'InfoNCE over the queue and the extra negative. It rises at first, while the queue fills with keys that are hard to tell apart',
      negatives: 'every key in the queue and the extra negative',
      counts: 'The best value counts from the step at which the queue is full',
    }),
    extra: {
      label: 'Extra negative',
      print: 'number',
      source: 'measured',
      meaning:
        'Mean cosine similarity of a query and its extra negative; 0 where there is none. If it is as high as that of the positives, the encoder recognises the video by more than its motion',
    },
  },
  charts: contrastiveCharts.map((chart) =>
    chart.name === 'similarity' ? { ...chart, metrics: [...chart.metrics, 'extra'] } : chart,
  ),
  health(config, facts) {
    const queued = queueContrast(config, facts)
    const isExtra = config.extraNegative !== 'none'
    const contrast = { ...queued, negatives: queued.negatives + Number(isExtra) }
    return [
      spreadCheck('Start again with a lower learning rate or a key momentum nearer to 1.'),
      ...contrastChecks(contrast),
      topCheck({ metric: 'top5', k: 5 }, contrast),
      extraCheck(config.extraNegative),
    ]
  },
  scoredFrom: ({ queue, batch, accumulate }) => Math.ceil(queue / (batch * accumulate)) + 1,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    const paper = PAPERS[recipe]
    return size === 'big' && paper ? withoutMerge(paper) : (OWN[recipe] ?? {})
  },
  paper: (recipe) => PAPERS[recipe] ?? null,
  older: olderHead,
})
