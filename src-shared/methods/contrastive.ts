/** What methods that contrast embeddings of clips have in common. */
import type { ChartKind, MetricKind } from '../metrics/catalogue.ts'
import type { PretrainTable } from '../settings/pretraining.ts'

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
      "How the last layer of the projection head of R(2+1)D starts: reference is normal with deviation 0.01 and bias 0, as in the authors' code. uniform is PyTorch's default, which is larger and so learns more slowly; with the reference's start, the small recipe's learning rate of 0.1 makes the embeddings collapse",
    group: 'model',
    choices: ['reference', 'uniform'],
    default: 'reference',
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
      better: 'low',
      ...scored,
      meaning: `${words.loss}${counts}`,
    },
    accuracy: {
      label: 'Top-1',
      print: 'percent',
      better: 'high',
      ...scored,
      meaning: `Share of clips whose positive is more similar than ${words.negatives}${counts}`,
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
      meaning: 'Mean cosine similarity of a clip to the other clip of its video',
    },
    negative: {
      label: 'Negatives',
      print: 'number',
      source: 'measured',
      meaning: `Mean cosine similarity of a clip to ${words.negatives}`,
    },
    spread: {
      label: 'Spread',
      print: 'number',
      source: 'measured',
      better: 'high',
      meaning:
        'Standard deviation of the embeddings over a batch, times the square root of their dimension: 1 means spread evenly, 0 means collapse',
    },
  }
}

export const contrastiveCharts: readonly ChartKind[] = [
  { name: 'loss', title: 'Contrastive loss', metrics: ['loss'] },
  { name: 'accuracy', title: 'Contrastive accuracy', metrics: ['accuracy', 'top5'], min: 0 },
  { name: 'similarity', title: 'Similarity', metrics: ['positive', 'negative'] },
  { name: 'spread', title: 'Embedding spread', metrics: ['spread'], min: 0 },
]
