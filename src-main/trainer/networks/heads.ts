import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { relu } from '../engine/ops/elementwise.ts'
import { Blueprint, sequence, type Entry, type LinearInitial } from './blueprint.ts'
import { encoderDesigns } from '../encoders/index.ts'
import { constant, normal } from './initial.ts'
import type { Design } from './network.ts'
import type { StateDict } from './weights.ts'

/**
 * How torchvision's R(2+1)D starts its classifier. The reference takes that layer as the last of the
 * head. Since the head's output is scaled to unit length, the size of its weights sets how fast it
 * learns.
 */
const asClassifier: LinearInitial = { weight: normal(0.01), bias: constant(0) }

export interface HeadSize {
  model: EncoderName
  /** D */
  projectionSize: number
  /** Default `reference`. */
  headStart?: 'reference' | 'uniform'
}

/** The projection head of Chen et al. (2020): linear, ReLU, linear; features [B, C] -> [B, C] -> [B, D]. */
export function projectionHead({ model, projectionSize, headStart }: HeadSize): Design {
  const { featureSize: C } = encoders[model]
  const { startsHeadAsClassifier } = encoderDesigns[model]
  const isAsReference = startsHeadAsClassifier && headStart !== 'uniform'
  const blueprint = new Blueprint()
  const layer = sequence(
    blueprint.linear('0', C, C),
    (pass, x) => relu(pass.tape, x),
    blueprint.linear('2', C, projectionSize, isAsReference ? asClassifier : undefined),
  )
  return { entries: blueprint.entries, layer }
}

/** The head's entries under the names that they have in the reference's model, such as `fc.0.weight`. */
export function referenceHeadEntries(size: HeadSize): Entry[] {
  return projectionHead(size).entries.map((entry) => ({
    ...entry,
    name: toReference(size.model, entry.name),
  }))
}

/** A head's state under the reference's names. */
export function toReferenceHead(model: EncoderName, state: StateDict): StateDict {
  return new Map([...state].map(([name, entry]) => [toReference(model, name), entry]))
}

function toReference(model: EncoderName, name: string): string {
  const [layer, ...rest] = name.split('.')
  const [first, last] = encoderDesigns[model].headNames
  return [layer === '0' ? first : last, ...rest].join('.')
}
