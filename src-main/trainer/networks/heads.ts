import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { relu } from '../engine/ops/elementwise.ts'
import { Blueprint, sequence, type Entry, type LinearInitial } from './blueprint.ts'
import { encoderDesigns } from '../encoders/encoder.ts'
import { constant, normal } from './initial.ts'
import type { Design } from './network.ts'
import type { StateDict } from './weights.ts'

export type HeadStart = PretrainConfig['headStart']

/**
 * How torchvision's R(2+1)D starts its classifier. The reference takes that layer as the last of the
 * head. Since the head's output is scaled to unit length, the size of its weights sets how fast it
 * learns.
 */
const asClassifier: LinearInitial = { weight: normal(0.01), bias: constant(0) }

export interface HeadSize {
  model: PretrainConfig['model']
  /** D */
  projectionSize: number
  /** Default `reference`. */
  headStart?: HeadStart
}

/** MoCo v2's projection head: linear, ReLU, linear; features [B, C] -> [B, C] -> [B, D]. */
export function projectionHead({ model, projectionSize, headStart }: HeadSize): Design {
  const { featureSize: C, startsHeadAsClassifier } = encoderDesigns[model]
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
export function toReferenceHead(model: PretrainConfig['model'], state: StateDict): StateDict {
  return new Map([...state].map(([name, entry]) => [toReference(model, name), entry]))
}

function toReference(model: PretrainConfig['model'], name: string): string {
  const [layer, ...rest] = name.split('.')
  const [first, last] = encoderDesigns[model].headNames
  return [layer === '0' ? first : last, ...rest].join('.')
}
