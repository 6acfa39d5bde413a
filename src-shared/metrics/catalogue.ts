/**
 * What pretraining measures, chart by chart. The trainer, the charts, exports and comparisons read
 * this table; a metric that is not in it is still shown, under its own name.
 */
import type { PretrainConfig } from '../config/pretrain-config.ts'
import { METHODS, methodNamed, methodOf, methods } from '../methods/index.ts'
import type { MethodDescriptor } from '../methods/method.ts'
import { partsOf } from '../methods/parts.ts'
import { ofPart, partOfMetric } from './part-metrics.ts'

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
  /** Of a number, such as `nats`; left out where it has none or `print` says it. */
  unit?: string
  source: MetricSource
  meaning: string
  /** Which end is the good one; left out where there is none. */
  better?: 'low' | 'high'
  /** Its best value counts from the step that the method says; see `MethodDescriptor.scoredFrom`. */
  scoredLate?: true
  /** Runs have no value of it in their first steps. */
  isMeasuredLate?: true
}

const generalKinds: Readonly<Record<string, MetricKind>> = {
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
  knn: {
    label: 'k-NN',
    print: 'percent',
    source: 'evaluation',
    better: 'high',
    meaning:
      'Share of held-out training videos whose class wins the vote of the 20 nearest other training videos, from one clip per video, with the 95 % interval (Wilson). The encoder is pretrained on all of these videos without labels; test videos are not used',
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
    meaning: 'Clips that the encoder processes per second',
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

/** Charts that every run has, in the order in which they are shown. */
const generalCharts: readonly ChartKind[] = [
  {
    name: 'knn',
    title: 'k-NN accuracy',
    metrics: ['knn', 'knnLow', 'knnHigh'],
    min: 0,
    max: 1,
    optional: true,
    videos: 'knnVideos',
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

const descriptors = Object.values<MethodDescriptor>(methods as Record<string, MethodDescriptor>)

/**
 * Every metric by name, except those of parts. What a run's method says of it is in `metricKindOf`;
 * methods agree on how a metric is printed and which end is the good one.
 */
export const metricKinds: Readonly<Record<string, MetricKind>> = Object.assign(
  {},
  ...descriptors.map(({ metrics }) => metrics).toReversed(),
  generalKinds,
) as Record<string, MetricKind>

/** What a metric is, whichever method measured it; undefined where it is not known. */
export function kindOfMetric(name: string): MetricKind | undefined {
  const part = partOfMetric(name)
  if (part === null) return metricKinds[name]
  const kind = methodNamed(part.method).metrics[part.metric]
  return kind && { ...kind, label: `${part.label}: ${kind.label}` }
}

/** What a metric is in runs of a method; undefined where it is not known. */
export function metricKindOf(name: string, method: string): MetricKind | undefined {
  return methodNamed(method).metrics[name] ?? kindOfMetric(name)
}

/** What a run's method measures of a batch, by name: its own metrics and those of its parts. */
export function metricsOf(config: PretrainConfig): Readonly<Record<string, MetricKind>> {
  const ofParts = partsOf(config).flatMap((part) =>
    Object.keys(methodOf(part.config).metrics).map((metric) => {
      const name = ofPart(part.name, metric)
      return [name, kindOfMetric(name)!] as const
    }),
  )
  return { ...methodOf(config).metrics, ...Object.fromEntries(ofParts) }
}

/**
 * What a metric is in runs of several methods: one sentence where the methods agree, else a line for
 * each, with its method. Empty where the metric is not in the table.
 */
export function metricMeaning(name: string, shown: readonly string[]): string {
  const kinds = [...new Set(shown)].flatMap((method) => {
    const kind = metricKindOf(name, method)
    return kind ? [{ label: methodNamed(method).label, meaning: kind.meaning }] : []
  })
  const [first] = kinds
  if (!first) return ''
  if (kinds.every(({ meaning }) => meaning === first.meaning)) return first.meaning
  return kinds.map(({ label, meaning }) => `${label}: ${meaning}`).join('\n')
}

/**
 * The charts of runs with these methods, in the order in which they are shown, each once.
 * @param parts names of the parts of these runs
 */
export function chartsOf(
  shown: readonly string[],
  parts: readonly string[] = [],
): readonly ChartKind[] {
  const ofParts = [...new Set(parts)].flatMap(chartsOfPart)
  const own = [...shown.flatMap((name) => methodNamed(name).charts), ...ofParts]
  const charts = new Map<string, ChartKind>()
  for (const chart of [...own, ...generalCharts]) {
    // Two methods may show different metrics in charts of one name.
    const metrics = [...(charts.get(chart.name)?.metrics ?? []), ...chart.metrics]
    charts.set(chart.name, { ...chart, metrics: [...new Set(metrics)] })
  }
  return [...charts.values()]
}

function chartsOfPart(part: string): ChartKind[] {
  const found = partOfMetric(ofPart(part, 'loss'))
  if (found === null) return []
  return methodNamed(found.method).charts.map((chart) => ({
    ...chart,
    name: ofPart(part, chart.name),
    title: `${found.label}: ${chart.title}`,
    metrics: chart.metrics.map((metric) => ofPart(part, metric)),
  }))
}

/** The charts of all methods. */
export const chartKinds: readonly ChartKind[] = chartsOf(METHODS)

/** Names of the metrics that stand for themselves: the ends of an interval belong to its middle. */
export const mainMetrics: readonly string[] = Object.entries(metricKinds).flatMap(
  ([name, { source, better }]) => (source === 'evaluation' && !better ? [] : [name]),
)

/** Whether an average over steps means anything for a metric; one that is not in the table is taken as measured. */
export function isSmoothable(name: string): boolean {
  return (kindOfMetric(name)?.source ?? 'measured') === 'measured'
}

/** Runs of fewer steps are drawn as measured unless asked otherwise: their points can be told apart. */
const SHORT = 1000

/** Weight of the past with which curves are drawn at first. @param steps of the longest run shown */
export function usualSmoothing(steps: number): number {
  return steps < SHORT ? 0 : 0.6
}
