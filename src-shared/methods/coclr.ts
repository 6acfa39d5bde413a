import type { RecipeName } from '../config/recipes.ts'
import { epochList } from '../settings/epoch-list.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { ValuesOf } from '../settings/setting.ts'
import {
  contrastiveCharts,
  contrastiveMetrics,
  mlpSettings,
  projectionSettings,
  temperatureSetting,
} from './contrastive.ts'
import { CALCULATED, contrastChecks, queueContrast, spreadCheck, topCheck } from './healthy.ts'
import { defineMethod, type Phase, type Values } from './method.ts'

export const coclrSettings = {
  projectionSize: projectionSettings.projectionSize,
  ...mlpSettings,
  queue: {
    type: 'int',
    label: 'Queue',
    meaning:
      'Number of keys that serve as negatives and from which positives are mined; 16,384 for Kinetics',
    group: 'method',
    unit: 'clips',
    min: 2,
    max: 1_048_576,
    default: 2048,
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
  topK: {
    type: 'int',
    label: 'Mined positives K',
    meaning: 'Nearest neighbours in the other stream that become positives of a clip',
    group: 'method',
    unit: 'clips',
    min: 1,
    max: 1000,
    default: 5,
  },
  dropOwnKey: {
    type: 'number',
    label: 'Own key dropped',
    meaning:
      'Probability of dropping a clip’s own key from its positives in mining phases, if it has others; 0 always keeps it',
    group: 'method',
    min: 0,
    max: 1,
    default: 0.9,
  },
  cycles: {
    type: 'int',
    label: 'Cycles',
    meaning: 'How often each stream mines with the other one frozen; 0 trains both by themselves',
    group: 'method',
    min: 0,
    max: 100,
    default: 2,
  },
  aloneShare: {
    type: 'number',
    label: 'Share before mining',
    meaning:
      'Part of the run in which the streams learn by themselves, half of it each; the cycles share the rest',
    group: 'method',
    min: 0.01,
    max: 1,
    default: 0.6,
  },
  miningStepAt: {
    type: 'text',
    label: 'Steps in mining phases',
    meaning:
      'Epochs of a mining phase after which the step schedule lowers its learning rate, separated by spaces; empty: as in the other phases',
    group: 'method',
    unit: 'epochs',
    ...epochList,
    default: '',
  },
  beforeFull: {
    type: 'choice',
    label: 'Before the queue is full',
    meaning:
      'What mining phases do until their queue is full. wait: update nothing. train: learn with the own key and clips of the same recording as positives, as the authors’ published code does',
    group: 'method',
    choices: ['wait', 'train'],
    default: 'wait',
  },
  phaseStart: {
    type: 'choice',
    label: 'Start of a phase',
    meaning:
      'fresh: the optimisers start again, and the key encoder as a copy of the query encoder, as in the authors’ code. kept: both go on',
    group: 'method',
    choices: ['fresh', 'kept'],
    default: 'fresh',
  },
} as const satisfies PretrainTable

/** Short phases: the key encoders follow sooner, and a small queue is soon full. */
const SAMPLE: Values = {
  projectionSize: 64,
  queue: 192,
  temperature: 0.1,
  keyMomentum: 0.95,
  cycles: 1,
}

/** 300 epochs alone for each stream, then two cycles of 100 epochs for each, with Adam. */
const LARGE: Values = {
  optimiser: 'adam',
  lr: 1e-3,
  weightDecay: 1e-5,
  schedule: 'step',
  stepAt: '250 280',
  miningStepAt: '80',
  frames: 32,
  stride: 1,
  queue: 2048,
  epochs: 1000,
}
/** On Kinetics, cycles have 50 epochs for each stream. */
const KINETICS: Values = {
  ...LARGE,
  miningStepAt: '40',
  queue: 16_384,
  epochs: 800,
  aloneShare: 0.75,
}

/** The paper's encoder and clips, which the size for a big GPU has too. */
const BIG: Values = { model: 's3d', size: 128 }

/** The paper's rows by data set, over the defaults. */
const PAPERS: Partial<Record<RecipeName, Values>> = {
  ucf101: { ...LARGE, ...BIG, merge: 'none', batch: 64 },
  kinetics: { ...KINETICS, ...BIG, merge: 'none', batch: 128 },
}

const RGB = {
  name: 'rgb',
  label: 'Colours',
  meaning: 'One clip of the video, in changed colours: what the encoder of colours takes',
}
const FLOW = {
  modality: 'flow',
  label: 'Flow',
  meaning: 'The optical flow of the same clip: what the encoder of flow takes',
} as const

/** CoCLR (Han et al., NeurIPS 2020): two streams that choose positives for each other. */
export const coclr = defineMethod({
  label: 'CoCLR',
  meaning:
    'Encoders of colours and of optical flow find positives for each other among other videos (Han et al., NeurIPS 2020)',
  views: () => [
    RGB,
    { ...RGB, name: 'rgb-2', label: 'Colours, second clip' },
    { ...FLOW, name: 'flow', sameClipAs: 0 },
    { ...FLOW, name: 'flow-2', label: 'Flow, second clip', sameClipAs: 1 },
  ],
  secondStream: { modality: 'flow', prefix: 'flow.encoder.' },
  settings: coclrSettings,
  fault({ topK, queue, cycles, aloneShare, modality }) {
    if (modality === 'flow') {
      return 'modality is flow: this method takes colours and flow of every clip. Set modality to rgb.'
    }
    if (topK >= queue) {
      return `topK is ${topK} and queue is ${queue}: make topK smaller than the queue.`
    }
    if (cycles > 0 && aloneShare === 1) {
      return `aloneShare is 1 and cycles is ${cycles}: no steps are left for the cycles. Make aloneShare smaller, or cycles 0.`
    }
    return null
  },
  phases: phasesOf,
  // The stream that is frozen judges the second clip.
  mines(phase, { queue }) {
    if (phase === 'rgb-mines') return { view: 3, queue }
    return phase === 'flow-mines' ? { view: 1, queue } : null
  },
  metrics: {
    ...contrastiveMetrics({
      loss: 'InfoNCE of the training stream over the queue; in the cycles, with mined positives. It jumps between phases, so no value counts as best',
      negatives: 'every key in the queue that is no positive',
      counts: 'No value counts as best: phases cannot be compared',
    }),
    mined: {
      label: 'Mined positives',
      print: 'number',
      source: 'measured',
      meaning:
        'Mean cosine similarity of a clip to the positives that the other stream found for it; it has no value while nothing is mined, which is in phases of one stream alone and until the queue of a mining phase is full. It rises as the streams come to agree',
    },
  },
  charts: contrastiveCharts.map((chart) =>
    chart.name === 'similarity' ? { ...chart, metrics: [...chart.metrics, 'mined'] } : chart,
  ),
  health(config, facts) {
    const contrast = queueContrast(config, facts)
    return [
      spreadCheck('Start again with a lower learning rate or a key momentum nearer to 1.'),
      ...contrastChecks(contrast),
      topCheck({ metric: 'top5', k: 5 }, contrast),
      {
        metric: 'mined',
        min: { metric: 'negative' },
        // Of older runs, which measured it in every step.
        nothing: 0,
        reason:
          'The positives that the other stream finds must be more similar to a clip than its negatives, or else the two streams contradict each other.',
        source: CALCULATED,
        below:
          'The mined positives are less similar than the negatives: the other stream names clips that this one finds different. Let both streams learn longer by themselves (aloneShare), or mine fewer positives (topK).',
      },
    ]
  },
  scoredFrom: () => Number.MAX_SAFE_INTEGER,
  recipe(recipe, _, size) {
    if (recipe === 'sample') return SAMPLE
    const values = recipe.startsWith('kinetics') ? KINETICS : LARGE
    return { ...values, ...(size === 'big' && PAPERS[recipe] && BIG) }
  },
  paper: (recipe) => PAPERS[recipe] ?? null,
  older: { miningStepAt: '', beforeFull: 'wait', phaseStart: 'kept' },
})

/** Places of the views of colours and of flow; a mining phase takes the second clip of the other one too. */
const [COLOURS, FLOWS] = [
  [0, 1],
  [2, 3],
]

/** Each stream alone, then cycles in which each mines with the other frozen. */
function phasesOf({
  cycles,
  aloneShare,
  queue,
  miningStepAt,
  phaseStart,
}: ValuesOf<typeof coclrSettings>): Phase[] {
  const alone = (cycles === 0 ? 1 : aloneShare) / 2
  const share = (1 - aloneShare) / (2 * Math.max(1, cycles))
  const start = { freshOptimiser: phaseStart === 'fresh' }
  const mining = {
    ...start,
    share,
    ...(miningStepAt !== '' && { stepAt: miningStepAt }),
    fills: { clips: queue, setting: 'queue' },
  }
  const cycle = (i: number): Phase[] => [
    {
      name: 'rgb-mines',
      label: `Colours mine in flow, cycle ${i + 1}`,
      views: [...COLOURS, 3],
      ...mining,
    },
    {
      name: 'flow-mines',
      label: `Flow mines in colours, cycle ${i + 1}`,
      views: [1, ...FLOWS],
      ...mining,
    },
  ]
  return [
    { name: 'rgb-alone', label: 'Colours alone', share: alone, views: COLOURS, ...start },
    { name: 'flow-alone', label: 'Flow alone', share: alone, views: FLOWS, ...start },
    ...Array.from({ length: cycles }, (_, i) => cycle(i)).flat(),
  ]
}
