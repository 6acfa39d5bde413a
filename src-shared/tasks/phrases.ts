/** Phrases that the sentences of several tasks have in common. */
import type { OwnTraining } from '../contract/evaluations.ts'
import { CLASSIFIER_MOMENTUM, type featureSettings } from './settings/classifier-settings.ts'
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

interface Optimisation {
  epochs: number
  lr: number
  batch: number
  weightDecay: number
}

export function cosineTraining(settings: Optimisation): string {
  const { lr, epochs } = settings
  const schedule = `learning rate ${lr} by a cosine to 0 over ${count(epochs, 'epoch')}`
  return `${schedule}, ${descent(settings)}`
}

export function steppedTraining(
  settings: Optimisation & { milestone1: number; milestone2: number; factor: number },
): string {
  const { lr, factor, milestone1, milestone2, epochs } = settings
  const schedule = `learning rate ${lr}, × ${factor} after ${milestone1} and ${milestone2} of ${count(epochs, 'epoch')}`
  return `${schedule}, ${descent(settings)}`
}

function descent({ batch, weightDecay }: Optimisation): string {
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
