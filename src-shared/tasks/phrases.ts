/** Phrases that the sentences of several tasks have in common. */
import type { OwnTraining } from '../contract/evaluations.ts'
import { drawsLabels } from '../random/label-draw.ts'
import { CLASSIFIER_MOMENTUM, type featureSettings } from './settings/classifier-settings.ts'
import type { labelSettings } from './settings/label-settings.ts'
import type { ValuesOf } from '../settings/setting.ts'

export function count(number: number, of: string): string {
  return `${number} ${of}${number === 1 ? '' : 's'}`
}

/** What a classifier gets of the features of a frozen encoder. */
export function scaling({ normalise, standardise }: ValuesOf<typeof featureSettings>): string {
  const scaled = normalise ? 'L2-normalised' : ''
  const standardised = standardise === 'train' ? 'standardised by the training clips' : ''
  return [scaled, standardised].filter(Boolean).join(', then ') || 'as they are'
}

/** `10 % of labels, 5 draws`, for a list; null where all are used. */
export function labelsInShort(values: ValuesOf<typeof labelSettings>): string | null {
  const { labels, labelPercent, labelCount, labelDraws } = values
  if (!drawsLabels(values)) return null
  const share =
    labels === 'percent' ? `${labelPercent} % of labels` : `${labelCount} labels per class`
  return labelDraws > 1 ? `${share}, ${count(labelDraws, 'draw')}` : share
}

/** Whose labels a classifier is trained on; nothing where on all. */
export function labelled(values: ValuesOf<typeof labelSettings>): string[] {
  const { labels, labelPercent, labelCount, labelSeed, labelDraws } = values
  if (!drawsLabels(values)) return []
  const which =
    labels === 'percent'
      ? `${labelPercent} % of each class's training videos, at least one`
      : `${count(labelCount, 'training video')} of each class`
  return [
    `on the labels of ${which}, drawn with label seed ${labelSeed}, in batches of at most all of these`,
    ...(labelDraws > 1 ? [`scores are the mean of ${labelDraws} draws`] : []),
  ]
}

interface Optimisation {
  /** Default SGD. */
  optimiser?: 'sgd' | 'adamw'
  epochs: number
  lr: number
  batch: number
  weightDecay: number
}

export function cosineTraining(settings: Optimisation & { warmup?: number }): string {
  const { lr, epochs } = settings
  const schedule = `learning rate ${lr} by a cosine to 0 over ${count(epochs, 'epoch')}`
  return `${schedule}${warmedUp(settings)}, ${descent(settings)}`
}

export function steppedTraining(
  settings: Optimisation & {
    milestone1: number
    milestone2: number
    factor: number
    warmup?: number
  },
): string {
  const { lr, factor, milestone1, milestone2, epochs } = settings
  const schedule = `learning rate ${lr}, × ${factor} after ${milestone1} and ${milestone2} of ${count(epochs, 'epoch')}`
  return `${schedule}${warmedUp(settings)}, ${descent(settings)}`
}

function warmedUp({ warmup = 0 }: { warmup?: number }): string {
  return warmup === 0 ? '' : `, the first ${count(warmup, 'epoch')} as a linear warm-up`
}

function descent({ batch, weightDecay, optimiser = 'sgd' }: Optimisation): string {
  if (optimiser === 'adamw') return `batch ${batch}, AdamW with weight decay ${weightDecay}`
  return `batch ${batch}, SGD with momentum ${CLASSIFIER_MOMENTUM} and weight decay ${weightDecay}`
}

export function randomCrops({
  cropScaleMin,
  cropScaleMax,
  flip,
}: Pick<OwnTraining, 'cropScaleMin' | 'cropScaleMax' | 'flip'>): string {
  const [from, to] = [cropScaleMin, cropScaleMax].map((part) => Number((100 * part).toFixed(1)))
  return `random crops of ${from} to ${to} % of the frame and flips with probability ${flip}`
}

/** The crops of the reference's code for training a classifier. */
export const REFERENCE_CROPS = randomCrops({ cropScaleMin: 0.2, cropScaleMax: 1, flip: 0.5 })

/** What FAME's masks are made with, where the run is known. */
export function masksOf(own: OwnTraining | undefined): string {
  return own ? ` (${own.variant}, β ${own.beta})` : ''
}
