/**
 * What pretraining measures, chart by chart. The trainer, the charts, exports and comparisons read
 * this table; a metric that is not in it is still shown, under its own name.
 */

export type MetricPrint = 'number' | 'percent' | 'seconds' | 'bytes'

/**
 * Where the values of a metric come from. `measured`: estimated from one batch, so it is noisy and may
 * be smoothed. `evaluation`: measured on the same videos each time. `schedule`: set by the
 * configuration. `meter`: read from the machine. An average of the last three would be a wrong number.
 */
export type MetricSource = 'measured' | 'evaluation' | 'schedule' | 'meter'

export interface MetricKind {
  label: string
  print: MetricPrint
  source: MetricSource
  meaning: string
  /** Which end is the good one; left out where there is none. */
  better?: 'low' | 'high'
  /** Measured against the keys in the queue: its best value counts from the step at which that is full. */
  againstQueue?: true
}

export const metricKinds: Readonly<Record<string, MetricKind>> = {
  loss: {
    label: 'Loss',
    print: 'number',
    source: 'measured',
    better: 'low',
    againstQueue: true,
    meaning:
      'InfoNCE over the queue, the mean of both directions. It rises at first, while the queue fills with keys that are hard to tell apart. The best value counts from the step at which the queue is full',
  },
  accuracy: {
    label: 'Top-1',
    print: 'percent',
    source: 'measured',
    better: 'high',
    againstQueue: true,
    meaning:
      'Share of clips whose positive is more similar than every key in the queue. The best value counts from the step at which the queue is full',
  },
  top5: {
    label: 'Top-5',
    print: 'percent',
    source: 'measured',
    better: 'high',
    againstQueue: true,
    meaning:
      'Share of clips whose positive is among the five most similar keys. The best value counts from the step at which the queue is full',
  },
  lr: {
    label: 'Learning rate',
    print: 'number',
    source: 'schedule',
    meaning: 'Set by the schedule for this step',
  },
  gradientNorm: {
    label: 'Gradient norm',
    print: 'number',
    source: 'measured',
    meaning: 'Euclidean norm of the gradient of all parameters, before clipping',
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
    meaning: 'Mean cosine similarity of a clip to the keys in the queue',
  },
  spread: {
    label: 'Spread',
    print: 'number',
    source: 'measured',
    better: 'high',
    meaning:
      'Standard deviation of the embeddings over a batch, times the square root of their dimension: 1 means spread evenly, 0 means collapse',
  },
  knn: {
    label: 'k-NN',
    print: 'percent',
    source: 'evaluation',
    better: 'high',
    meaning:
      'Share of held-out training videos whose class the 20 nearest other training videos vote for, one clip per video, with 95 % interval (Wilson). The encoder is pretrained on both without labels; test videos take no part',
  },
  knnLow: {
    label: '95 % from',
    print: 'percent',
    source: 'evaluation',
    meaning: 'Lower end of the 95 % interval of the k-NN accuracy',
  },
  knnHigh: {
    label: 'to',
    print: 'percent',
    source: 'evaluation',
    meaning: 'Upper end of the 95 % interval of the k-NN accuracy',
  },
  knnVideos: {
    label: 'k-NN videos',
    print: 'number',
    source: 'evaluation',
    meaning: 'Held-out videos that the k-NN accuracy is measured on',
  },
  wait: {
    label: 'Data wait',
    print: 'seconds',
    source: 'meter',
    better: 'low',
    meaning: 'Time in a step that the trainer spent waiting for a batch',
  },
  stepTime: {
    label: 'Step time',
    print: 'seconds',
    source: 'meter',
    better: 'low',
    meaning: 'Duration of one step',
  },
  clipsPerSecond: {
    label: 'Clips',
    print: 'number',
    source: 'meter',
    better: 'high',
    meaning: 'Clips processed by the encoder per second, two for each video',
  },
  cpu: {
    label: 'CPU',
    print: 'percent',
    source: 'meter',
    meaning: "The trainer's share of all cores",
  },
  memory: {
    label: 'Memory',
    print: 'bytes',
    source: 'meter',
    meaning: 'Resident memory of the trainer',
  },
  gpu: {
    label: 'GPU',
    print: 'percent',
    source: 'meter',
    meaning: 'GPU utilisation, read from nvidia-smi every few seconds',
  },
  gpuMemory: {
    label: 'GPU memory',
    print: 'bytes',
    source: 'meter',
    meaning: 'GPU memory in use by all programs',
  },
}

export interface ChartKind {
  name: string
  title: string
  metrics: readonly string[]
  /** Bounds of the value axis; left out: as the data has them. */
  min?: number
  max?: number
  /** Measured by some runs only: the chart is not announced before its first value. */
  optional?: boolean
  /** A metric that is not drawn: how many videos the others were measured on, for the title. */
  videos?: string
}

/** Charts in the order in which they are shown. */
export const chartKinds: readonly ChartKind[] = [
  { name: 'loss', title: 'Contrastive loss', metrics: ['loss'] },
  { name: 'accuracy', title: 'Contrastive accuracy', metrics: ['accuracy', 'top5'], min: 0 },
  { name: 'similarity', title: 'Similarity', metrics: ['positive', 'negative'] },
  { name: 'spread', title: 'Embedding spread', metrics: ['spread'], min: 0 },
  {
    ...{ name: 'knn', title: 'k-NN accuracy', metrics: ['knn', 'knnLow', 'knnHigh'] },
    ...{ min: 0, max: 1, optional: true, videos: 'knnVideos' },
  },
  { name: 'gradient', title: 'Gradient norm', metrics: ['gradientNorm'], min: 0 },
  { name: 'lr', title: 'Learning rate', metrics: ['lr'], min: 0 },
  { name: 'time', title: 'Time per step', metrics: ['stepTime', 'wait'], min: 0 },
  { name: 'speed', title: 'Clips per second', metrics: ['clipsPerSecond'], min: 0 },
  { name: 'cpu', title: 'CPU', metrics: ['cpu'], min: 0, max: 1 },
  { name: 'memory', title: 'Memory', metrics: ['memory'], min: 0 },
  { name: 'gpu', title: 'GPU', metrics: ['gpu'], min: 0, max: 1, optional: true },
  { name: 'gpu-memory', title: 'GPU memory', metrics: ['gpuMemory'], min: 0, optional: true },
]

/** Names of the metrics that stand for themselves: the ends of an interval belong to its middle. */
export const mainMetrics: readonly string[] = Object.entries(metricKinds).flatMap(
  ([name, { source, better }]) => (source === 'evaluation' && !better ? [] : [name]),
)

/** Whether an average over steps means anything for a metric; one that is not in the table is taken as measured. */
export function isSmoothable(name: string): boolean {
  return (metricKinds[name]?.source ?? 'measured') === 'measured'
}

/** Runs of fewer steps are drawn as measured unless asked otherwise: their points can be told apart. */
const SHORT = 1000

/** Weight of the past with which curves are drawn at first. @param steps of the longest run shown */
export function usualSmoothing(steps: number): number {
  return steps < SHORT ? 0 : 0.6
}
