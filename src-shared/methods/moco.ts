import type { RecipeName } from '../config/recipes.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import {
  contrastiveCharts,
  contrastiveMetrics,
  mlpSettings,
  olderHead,
  projectionSettings,
  rhoSetting,
  temperatureSetting,
} from './contrastive.ts'
import { batchContrast, contrastChecks, queueContrast, spreadCheck, topCheck } from './healthy.ts'
import { defineMethod, type Values, type ViewRole } from './method.ts'

/** Clips that share batch statistics: as many as the reference puts on each of its 8 GPUs. */
export const GROUP = 8

export const mocoSettings = {
  ...projectionSettings,
  ...mlpSettings,
  predictor: {
    type: 'flag',
    label: 'Prediction head',
    meaning:
      'A two-layer head with batch norm, after the query encoder’s projection head, as in MoCo v3',
    group: 'model',
    default: false,
  },
  rho: rhoSetting,
  symmetric: {
    type: 'flag',
    label: 'Symmetric loss',
    meaning:
      'Each clip of a video serves as the query once. Off: only the first clip does, as in MoCo v2',
    group: 'method',
    default: true,
  },
  negatives: {
    type: 'choice',
    label: 'Negatives',
    meaning:
      'queue: the keys of recent batches; batch: the keys of the other videos in the batch, as in MoCo v3',
    group: 'method',
    choices: ['queue', 'batch'],
    default: 'queue',
  },
  queue: {
    type: 'int',
    label: 'Queue',
    meaning:
      'Number of negatives, a multiple of the batch size; 65,536 for Kinetics, 2,048 for UCF101',
    group: 'method',
    unit: 'clips',
    min: 2,
    max: 1_048_576,
    default: 2048,
  },
  waitForQueue: {
    type: 'flag',
    label: 'Wait for the queue',
    meaning:
      'Do not update weights until keys have replaced the random vectors that the queue starts with',
    group: 'method',
    default: false,
  },
  temperature: temperatureSetting,
  keyMomentum: {
    type: 'number',
    label: 'Key momentum m',
    meaning: 'EMA update of the key encoder: key = m * key + (1 - m) * query',
    group: 'method',
    min: 0,
    max: 1,
    default: 0.999,
  },
  keyMomentumSchedule: {
    type: 'choice',
    label: 'Key momentum over time',
    meaning: 'cosine raises the key momentum from its value to 1 over the run',
    group: 'method',
    choices: ['constant', 'cosine'],
    default: 'constant',
  },
  shuffleBN: {
    type: 'flag',
    label: 'Shuffled batch norm',
    meaning:
      'Normalise in groups of 8 clips and shuffle the keys over the groups, as the reference does on 8 GPUs; the batch must be a multiple of 8',
    group: 'method',
    default: false,
  },
} as const satisfies PretrainTable

/** Queues of the FAME paper that are not the default. */
const QUEUES: Partial<Record<RecipeName, number>> = {
  kinetics: 65_536,
  'kinetics-600': 65_536,
  'kinetics-i3d': 65_536,
}

/** A short schedule: the key encoder follows sooner. */
const SAMPLE: Values = {
  projectionSize: 64,
  headStart: 'uniform',
  queue: 192,
  keyMomentum: 0.95,
}

const LARGE_I3D: Values = { model: 'i3d', size: 224 }

/** The paper's rows by data set: what differs from the defaults. */
const PAPER: Partial<Record<RecipeName, Values>> = {
  ucf101: { shuffleBN: true },
  kinetics: { shuffleBN: true, queue: 65_536 },
  'kinetics-i3d': { shuffleBN: true, queue: 65_536, ...LARGE_I3D },
  diving48: { shuffleBN: true, ...LARGE_I3D },
}

const KEY = {
  name: 'key',
  label: 'Key',
  meaning: 'The other clip of the video with augmented colours, the query’s positive',
}

/** Query, then keys; where the loss is symmetric, each of them takes every part. */
const VIEWS: readonly ViewRole[] = [
  {
    name: 'query',
    label: 'Query',
    meaning: 'One clip of the video with augmented colours, the input of the query encoder',
  },
  KEY,
  { ...KEY, name: 'key-2', label: 'Second key' },
  { ...KEY, name: 'key-3', label: 'Third key' },
]

/** Keys that are enqueued of each video. */
export function keysPerVideo({ rho, symmetric }: { rho: number; symmetric: boolean }): number {
  return symmetric ? rho : rho - 1
}

/** Momentum contrast (He et al., CVPR 2020), with the symmetric loss of the FAME reference. */
export const moco = defineMethod({
  label: 'MoCo',
  sharesBatches: true,
  meaning: 'Finds the other clip of a video among a queue of keys (He et al., CVPR 2020)',
  views: ({ rho }) => VIEWS.slice(0, rho),
  settings: mocoSettings,
  fault({ queue, batch, shuffleBN, negatives }) {
    if (negatives === 'queue' && queue % batch !== 0) {
      return `queue is ${queue} and batch is ${batch}: make queue a multiple of batch.`
    }
    if (shuffleBN && batch % GROUP !== 0) {
      return `batch is ${batch} and shuffleBN works on groups of ${GROUP}: make batch a multiple of ${GROUP}, or turn shuffleBN off.`
    }
    return null
  },
  metrics: contrastiveMetrics({
    loss: 'InfoNCE over the queue, the mean of both directions. It rises at first, while the queue fills with keys that are hard to tell apart; with the negatives of the batch there is no queue',
    negatives: 'every negative: the keys in the queue, or those of the other videos in the batch',
    counts: 'The best value counts from the step at which the queue is full',
  }),
  charts: contrastiveCharts,
  health(config, facts) {
    const contrast =
      config.negatives === 'batch' ? batchContrast(config, 1) : queueContrast(config, facts)
    return [
      spreadCheck(
        'Start again with a lower learning rate or a higher temperature, with a key momentum nearer to 1, and with headStart set to uniform.',
      ),
      ...contrastChecks(contrast),
      topCheck({ metric: 'top5', k: 5 }, contrast),
    ]
  },
  batchNegatives: ({ negatives, batch }) => (negatives === 'batch' ? batch - 1 : null),
  // Until the queue is full it holds random directions, which are easily told apart: a loss at that
  // time is too low and an accuracy too high.
  scoredFrom({ queue, negatives, batch, accumulate, ...clips }) {
    if (negatives === 'batch') return 1
    return Math.ceil(queue / (keysPerVideo(clips) * batch * accumulate)) + 1
  },
  recipe(recipe, { batch }) {
    if (recipe === 'sample') return SAMPLE
    const queue = QUEUES[recipe]
    // One group alone has nothing to shuffle its keys over.
    return { ...(batch > GROUP && { shuffleBN: true }), ...(queue && { queue }) }
  },
  paper: (recipe) => PAPER[recipe] ?? null,
  older: {
    ...olderHead,
    predictor: false,
    rho: 2,
    symmetric: true,
    negatives: 'queue',
    waitForQueue: false,
    keyMomentumSchedule: 'constant',
    shuffleBN: false,
    headStart: 'uniform',
  },
})
