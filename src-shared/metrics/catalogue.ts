/**
 * What pretraining measures, chart by chart. The trainer, the charts, exports and comparisons read
 * this table; a metric that is not in it is still shown, under its own name.
 */

export type MetricPrint = 'number' | 'percent' | 'seconds' | 'bytes'

export interface MetricKind {
  label: string
  print: MetricPrint
  meaning: string
  /** Which end is the good one; left out where there is none. */
  better?: 'low' | 'high'
}

export const metricKinds: Readonly<Record<string, MetricKind>> = {
  loss: {
    label: 'Loss',
    print: 'number',
    better: 'low',
    meaning:
      'InfoNCE over the queue, the mean of both directions. It rises at first while the queue fills with keys that are hard to tell apart',
  },
  accuracy: {
    label: 'Top-1',
    print: 'percent',
    better: 'high',
    meaning: 'Part of the clips whose positive is more similar than every key in the queue',
  },
  top5: {
    label: 'Top-5',
    print: 'percent',
    better: 'high',
    meaning: 'Part of the clips whose positive is among the five most similar keys',
  },
  lr: { label: 'Learning rate', print: 'number', meaning: 'Of this step' },
  gradientNorm: {
    label: 'Gradient norm',
    print: 'number',
    meaning: 'Euclidean norm of the gradient of all parameters, before clipping',
  },
  positive: {
    label: 'Positives',
    print: 'number',
    meaning: 'Mean cosine similarity of a clip to the other clip of its video',
  },
  negative: {
    label: 'Negatives',
    print: 'number',
    meaning: 'Mean cosine similarity of a clip to the keys in the queue',
  },
  spread: {
    label: 'Spread',
    print: 'number',
    better: 'high',
    meaning:
      'Standard deviation of the embeddings over a batch, times the root of their size: 1 is spread evenly, 0 is collapse',
  },
  wait: {
    label: 'Data wait',
    print: 'seconds',
    better: 'low',
    meaning: 'Time of a step in which the trainer had no batch to work on',
  },
  stepTime: { label: 'Step time', print: 'seconds', better: 'low', meaning: 'Time of one step' },
  clipsPerSecond: {
    label: 'Clips',
    print: 'number',
    better: 'high',
    meaning: 'Clips that went through the encoder in one second, two for each video',
  },
  cpu: { label: 'CPU', print: 'percent', meaning: "The trainer's share of all cores" },
  memory: { label: 'Memory', print: 'bytes', meaning: 'Resident memory of the trainer' },
  gpu: {
    label: 'GPU',
    print: 'percent',
    meaning: 'Time in which the GPU worked, as nvidia-smi tells it every few seconds',
  },
  gpuMemory: {
    label: 'GPU memory',
    print: 'bytes',
    meaning: 'Memory of the GPU that is in use, by whatever program',
  },
}

export interface ChartKind {
  name: string
  title: string
  metrics: readonly string[]
  /** Bounds of the value axis; left out: as the data has them. */
  min?: number
  max?: number
}

/** Charts in the order in which they are shown. */
export const chartKinds: readonly ChartKind[] = [
  { name: 'loss', title: 'Contrastive loss', metrics: ['loss'] },
  { name: 'accuracy', title: 'Contrastive accuracy', metrics: ['accuracy', 'top5'], min: 0 },
  { name: 'similarity', title: 'Similarity', metrics: ['positive', 'negative'] },
  { name: 'spread', title: 'Embedding spread', metrics: ['spread'], min: 0 },
  { name: 'gradient', title: 'Gradient norm', metrics: ['gradientNorm'], min: 0 },
  { name: 'lr', title: 'Learning rate', metrics: ['lr'], min: 0 },
  { name: 'time', title: 'Time of a step', metrics: ['stepTime', 'wait'], min: 0 },
  { name: 'speed', title: 'Clips a second', metrics: ['clipsPerSecond'], min: 0 },
  { name: 'cpu', title: 'CPU', metrics: ['cpu'], min: 0, max: 1 },
  { name: 'memory', title: 'Memory', metrics: ['memory'], min: 0 },
  { name: 'gpu', title: 'GPU', metrics: ['gpu'], min: 0, max: 1 },
  { name: 'gpu-memory', title: 'GPU memory', metrics: ['gpuMemory'], min: 0 },
]
