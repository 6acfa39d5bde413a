/** What methods that compare embeddings of clips have in common. */
import type { ChartKind, MetricKind } from '../metrics/catalogue.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { ViewRole } from './method.ts'

/** Clips of a video: rho of Feichtenhofer et al. (CVPR 2021). */
export const rhoSetting = {
  type: 'int',
  label: 'Clips of a video ρ',
  meaning:
    'Clips sampled from each video at different times; every pair of them is a positive pair',
  group: 'method',
  unit: 'clips',
  min: 2,
  max: 4,
  default: 2,
} as const satisfies PretrainTable[string]

const ORDINALS = ['First', 'Second', 'Third', 'Fourth'] as const

/** Roles of clips that are all treated alike. @param rho how many */
export function equalViews(rho: number): ViewRole[] {
  return ORDINALS.slice(0, rho).map((ordinal, i) => ({
    name: ordinal.toLowerCase(),
    label: `${ordinal} clip`,
    meaning:
      i === 0
        ? 'One clip of the video with augmented colours, an input of the encoder'
        : 'Another clip of the video with augmented colours, also an input of the encoder',
  }))
}

/** The projection head between pooled features and the embeddings that are contrasted. */
export const projectionSettings = {
  projectionSize: {
    type: 'int',
    label: 'Projection size',
    meaning: 'Size of the embedding that is contrasted',
    group: 'model',
    min: 8,
    max: 2048,
    default: 128,
  },
  headStart: {
    type: 'choice',
    label: 'Start of the head',
    meaning:
      "Initial weights of the last layer of the projection head where it replaces torchvision's classifier, as in R(2+1)D. reference: normal with standard deviation 0.01 and bias 0, as in the authors' code. uniform: PyTorch's default, which is larger and learns more slowly. With the reference's weights, the small recipe's learning rate of 0.1 makes the embeddings collapse",
    group: 'model',
    choices: ['reference', 'uniform'],
    default: 'reference',
  },
} as const satisfies PretrainTable

/** Layers between pooled features and embedding; the defaults are the head of SimCLR and MoCo v2. */
export const mlpSettings = {
  headLayers: {
    type: 'int',
    label: 'Layers of the head',
    meaning: 'Linear layers of the projection head, with ReLU between them',
    group: 'model',
    min: 1,
    max: 6,
    default: 2,
  },
  hiddenSize: {
    type: 'int',
    label: 'Hidden size of the head',
    meaning:
      'Width of the hidden layers of head and predictor; 0 is that of the encoder’s features',
    group: 'model',
    min: 0,
    max: 8192,
    default: 0,
  },
  headNorm: {
    type: 'choice',
    label: 'Batch norm in the head',
    meaning:
      'none; hidden: after every hidden layer; all: after the last one as well, there without a learned scale and offset. It sees the clips of one batch: batches that are accumulated for a step have statistics of their own',
    group: 'model',
    choices: ['none', 'hidden', 'all'],
    default: 'none',
  },
} as const satisfies PretrainTable

export const temperatureSetting = {
  type: 'number',
  label: 'Temperature T',
  meaning: 'Divides the similarities before the softmax',
  group: 'method',
  min: 0.001,
  max: 10,
  default: 0.1,
} as const satisfies PretrainTable[string]

/** @param negatives what the positives are told apart from, such as `every key in the queue` */
export function contrastiveMetrics(words: {
  loss: string
  negatives: string
  /** A last sentence on when the best value counts; empty where it always does. */
  counts: string
}): Record<'loss' | 'accuracy' | 'top5' | 'positive' | 'negative' | 'spread', MetricKind> {
  const counts = words.counts === '' ? '' : `. ${words.counts}`
  const scored: Pick<MetricKind, 'source' | 'scoredLate'> = {
    source: 'measured',
    ...(words.counts !== '' && { scoredLate: true }),
  }
  return {
    loss: {
      label: 'Loss',
      print: 'number',
      unit: 'nats',
      better: 'low',
      ...scored,
      meaning: `${words.loss}${counts}`,
    },
    accuracy: {
      label: 'Top-1',
      print: 'percent',
      better: 'high',
      ...scored,
      meaning: `Share of clips whose positive is more similar than ${words.negatives}. A healthy run rises far above chance; 0 from beginning to end means collapse${counts}`,
    },
    top5: {
      label: 'Top-5',
      print: 'percent',
      better: 'high',
      ...scored,
      meaning: `Share of clips whose positive is among the five most similar${counts}`,
    },
    positive: {
      label: 'Positives',
      print: 'number',
      source: 'measured',
      meaning:
        'Mean cosine similarity of a clip to the other clip of its video. In a healthy run it stays well above that of the negatives',
    },
    negative: {
      label: 'Negatives',
      print: 'number',
      source: 'measured',
      meaning: `Mean cosine similarity of a clip to ${words.negatives}. In a healthy run it falls towards 0; near 1 together with the positives it means collapse`,
    },
    spread: spreadMetric('the embeddings'),
  }
}

/** @param what whose spread it is */
export function spreadMetric(what: string): MetricKind {
  return {
    label: 'Spread',
    print: 'number',
    source: 'measured',
    better: 'high',
    meaning: `Standard deviation over a batch of each number of ${what} at unit length, in the mean, divided by 1/√d for d numbers. Healthy runs approach 1: spread evenly. 0 means collapse: all are alike`,
  }
}

/** Metrics of methods that bring the clips of a video together without negatives. */
export function pairMetrics(words: {
  loss: string
  positive: string
  /** Whose spread it is. */
  spread: string
}): Record<'loss' | 'positive' | 'spread', MetricKind> {
  return {
    loss: {
      label: 'Loss',
      print: 'number',
      source: 'measured',
      better: 'low',
      meaning: words.loss,
    },
    positive: {
      label: 'Positives',
      print: 'number',
      source: 'measured',
      meaning: words.positive,
    },
    spread: spreadMetric(words.spread),
  }
}

export const contrastiveCharts: readonly ChartKind[] = [
  { name: 'loss', title: 'Contrastive loss', metrics: ['loss'] },
  { name: 'accuracy', title: 'Contrastive accuracy', metrics: ['accuracy', 'top5'], min: 0 },
  { name: 'similarity', title: 'Similarity', metrics: ['positive', 'negative'] },
  { name: 'spread', title: 'Embedding spread', metrics: ['spread'], min: 0 },
]

/** Charts of methods without negatives. */
export const pairCharts: readonly ChartKind[] = [
  { name: 'loss', title: 'Loss', metrics: ['loss'] },
  ...contrastiveCharts.filter(({ name }) => name === 'similarity' || name === 'spread'),
]

/** What runs were made with that are older than these settings. */
export const olderHead = { headLayers: 2, hiddenSize: 0, headNorm: 'none' } as const
