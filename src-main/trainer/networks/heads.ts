import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { relu } from '../engine/ops/elementwise.ts'
import { Blueprint, sequence, type Entry, type Layer, type LinearInitial } from './blueprint.ts'
import { encoderDesigns } from '../encoders/index.ts'
import { constant, normal } from './initial.ts'
import type { Design } from './network.ts'
import type { StateDict } from './weights.ts'

/**
 * How torchvision's video networks start their classifier. The reference takes that layer as the last of the
 * head. Since the head's output is scaled to unit length, the size of its weights sets how fast it
 * learns.
 */
const asClassifier: LinearInitial = { weight: normal(0.01), bias: constant(0) }

/** One layer of a head: linear, then what is asked for. */
export interface HeadLayer {
  outputs: number
  /** Whether the linear layer has a bias. Default true. */
  bias?: boolean
  /** Batch normalisation, with a learned scale and offset or without. Default none. */
  norm?: 'affine' | 'plain'
  /** Default false. */
  relu?: boolean
}

/**
 * A head of any number of layers: vectors [B, C] -> [B, outputs of the last layer], in the master type.
 * Its entries have the names of PyTorch's `Sequential`, in which batch normalisation and ReLU count.
 * @param inputs C
 */
export function mlp(inputs: number, layers: readonly HeadLayer[]): Design {
  const blueprint = new Blueprint()
  const parts: Layer[] = []
  let size = inputs
  for (const { outputs, bias, norm, relu: hasRelu } of layers) {
    parts.push(blueprint.linear(String(parts.length), size, outputs, { bias }))
    if (norm) {
      const affine = norm === 'affine'
      parts.push(blueprint.vectorNorm(String(parts.length), outputs, { affine }))
    }
    if (hasRelu) parts.push((pass, x) => relu(pass.tape, x))
    size = outputs
  }
  return { entries: blueprint.entries, layer: sequence(...parts) }
}

/** A linear classifier on features, whose classes begin with nearly equal shares: [B, C] -> [B, classes]. */
export function classifierHead(inputs: number, classes: number): Design {
  const blueprint = new Blueprint()
  const layer = blueprint.linear('0', inputs, classes, { initial: asClassifier })
  return { entries: blueprint.entries, layer }
}

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
    blueprint.linear('2', C, projectionSize, { initial: isAsReference ? asClassifier : undefined }),
  )
  return { entries: blueprint.entries, layer }
}

export interface EmbeddingHead extends HeadSize {
  /** Linear layers, with ReLU between them. */
  headLayers: number
  /** Of the hidden layers; 0 for that of the encoder's features. */
  hiddenSize: number
  /** Where batch normalisation follows: nowhere, after hidden layers, or after all, then without affine. */
  headNorm: 'none' | 'hidden' | 'all'
  /** Whether layers before a batch normalisation have a bias, which that takes out again. Default false. */
  keepsBias?: boolean
}

/** Width of the hidden layers of a head. */
export function hiddenSizeOf({ model, hiddenSize }: Pick<EmbeddingHead, 'model' | 'hiddenSize'>) {
  return hiddenSize === 0 ? encoders[model].featureSize : hiddenSize
}

/** A projection head as settings describe it: features [B, C] -> [B, D]. */
export function embeddingHead(size: EmbeddingHead): Design {
  const { model, projectionSize, headLayers, headNorm, keepsBias = false } = size
  const { featureSize: C } = encoders[model]
  const hidden = hiddenSizeOf(size)
  if (headLayers === 2 && hidden === C && headNorm === 'none') return projectionHead(size)
  const within: HeadLayer = {
    outputs: hidden,
    norm: headNorm === 'none' ? undefined : 'affine',
    relu: true,
    bias: keepsBias || headNorm === 'none',
  }
  const last: HeadLayer = {
    outputs: projectionSize,
    norm: headNorm === 'all' ? 'plain' : undefined,
    bias: keepsBias || headNorm !== 'all',
  }
  return mlp(C, [...new Array<HeadLayer>(headLayers - 1).fill(within), last])
}

/** A prediction head: linear, batch normalisation, ReLU, linear; [B, D] -> [B, D]. */
export function predictionHead(size: {
  inputs: number
  hidden: number
  keepsBias?: boolean
}): Design {
  const { inputs, hidden, keepsBias = false } = size
  return mlp(inputs, [
    { outputs: hidden, norm: 'affine', relu: true, bias: keepsBias },
    { outputs: inputs },
  ])
}

/** The head's entries under the names that they have in the reference's model, such as `fc.0.weight`. */
export function referenceHeadEntries(size: HeadSize): Entry[] {
  return projectionHead(size).entries.map((entry) => ({
    ...entry,
    name: toReference(size.model, entry.name),
  }))
}

/** A head's state under the reference's names; one of other layers keeps its own, after `head.`. */
export function toReferenceHead(model: EncoderName, state: StateDict): StateDict {
  const isReference = [...state.keys()].every((name) => /^[02]\.(weight|bias)$/.test(name))
  if (!isReference) return new Map([...state].map(([name, entry]) => [`head.${name}`, entry]))
  return new Map([...state].map(([name, entry]) => [toReference(model, name), entry]))
}

function toReference(model: EncoderName, name: string): string {
  const [layer, ...rest] = name.split('.')
  const [first, last] = encoderDesigns[model].headNames
  return [layer === '0' ? first : last, ...rest].join('.')
}
