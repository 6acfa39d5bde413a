import { dropPath } from '../engine/ops/drop-path.ts'
import { add } from '../engine/ops/elementwise.ts'
import { gelu } from '../engine/ops/gelu.ts'
import { selfAttention } from '../engine/ops/attention.ts'
import { layerNorm } from '../engine/ops/layer-norm.ts'
import { tokenLinear } from '../engine/ops/tokens.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { sequence, type Blueprint, type Entry, type Layer, type Pass } from './blueprint.ts'
import { constant, xavierUniform } from './initial.ts'

/** A transformer's size. */
export interface TransformerSize {
  /** Numbers of a token, C. */
  width: number
  /** Divides the width. */
  heads: number
  blocks: number
}

/** Of all layer normalisations. */
const EPSILON = 1e-6
/** Hidden width of a block's network, in widths. */
const EXPANSION = 4

/**
 * Layer normalisation over the last axis, under the names of PyTorch's `LayerNorm`.
 * @param isOptional whether files of weights may lack it; then it changes nothing but the scale
 */
export function declareLayerNorm(
  blueprint: Blueprint,
  name: string,
  width: number,
  isOptional = false,
): Layer {
  const entry = (part: string, value: number): Entry => {
    const absent = isOptional ? { absent: value } : undefined
    return blueprint.vector(`${name}.${part}`, width, { initial: constant(value), ...absent })
  }
  const scale = entry('weight', 1)
  const offset = entry('bias', 0)
  return (pass, x) =>
    layerNorm(pass.tape, x, {
      scale: pass.get(scale),
      offset: pass.get(offset),
      epsilon: EPSILON,
    })
}

/** A linear layer on tokens: [..., C] -> [..., D]; its weights start by Glorot's rule, its biases at 0. */
export function declareTokenLinear(
  blueprint: Blueprint,
  name: string,
  { inputs, outputs, bias: hasBias = true }: { inputs: number; outputs: number; bias?: boolean },
): Layer {
  const weight = declareMatrix(blueprint, `${name}.weight`, inputs, outputs)
  const bias = hasBias ? blueprint.vector(`${name}.bias`, outputs, { initial: constant(0) }) : null
  return (pass, x) => tokenLinear(pass.tape, x, pass.get(weight), bias && pass.get(bias))
}

function declareMatrix(blueprint: Blueprint, name: string, inputs: number, outputs: number): Entry {
  return blueprint.add({
    name,
    shape: [outputs, inputs],
    inner: [inputs, outputs],
    initial: xavierUniform,
    compute: true,
  })
}

/**
 * Blocks of a transformer with normalisation before each part (Dosovitskiy et al., ICLR 2021) on tokens
 * [B, N, C], under the names of Tong et al. (NeurIPS 2022); queries and values have a bias, keys have none.
 * Where a pass drops residual branches, the probability rises linearly from 0 in the first block.
 */
export function declareBlocks(blueprint: Blueprint, prefix: string, size: TransformerSize): Layer {
  const blocks = Array.from({ length: size.blocks }, (_, i) =>
    declareBlock(blueprint, `${prefix}blocks.${i}`, size, i / Math.max(1, size.blocks - 1)),
  )
  return sequence(...blocks)
}

/** @param depth of the block, from 0 for the first to 1 for the last */
function declareBlock(
  blueprint: Blueprint,
  name: string,
  size: TransformerSize,
  depth: number,
): Layer {
  const { width } = size
  const before = declareLayerNorm(blueprint, `${name}.norm1`, width)
  const attention = declareAttention(blueprint, `${name}.attn`, size)
  const between = declareLayerNorm(blueprint, `${name}.norm2`, width)
  const hidden = EXPANSION * width
  const widen = declareTokenLinear(blueprint, `${name}.mlp.fc1`, { inputs: width, outputs: hidden })
  const narrow = declareTokenLinear(blueprint, `${name}.mlp.fc2`, {
    inputs: hidden,
    outputs: width,
  })
  const attend = sequence(before, attention)
  const transform = sequence(between, widen, (pass, x) => gelu(pass.tape, x), narrow)
  const branch = (pass: Pass, layer: Layer, x: Tensor): Tensor => {
    const { training, pathDrop } = pass
    const y = layer(pass, x)
    const isDropping = training && pathDrop
    return isDropping ? dropPath(pass.tape, y, depth * pathDrop.rate, pathDrop.rng) : y
  }
  return (pass, x) => {
    const attended = add(pass.tape, x, branch(pass, attend, x))
    return add(pass.tape, attended, branch(pass, transform, attended))
  }
}

function declareAttention(
  blueprint: Blueprint,
  name: string,
  { width, heads }: TransformerSize,
): Layer {
  const queryBias = blueprint.vector(`${name}.q_bias`, width, { initial: constant(0) })
  const valueBias = blueprint.vector(`${name}.v_bias`, width, { initial: constant(0) })
  const weight = declareMatrix(blueprint, `${name}.qkv.weight`, width, 3 * width)
  const project = declareTokenLinear(blueprint, `${name}.proj`, { inputs: width, outputs: width })
  return (pass, x) => {
    const bias = joinBiases(pass, pass.get(queryBias), pass.get(valueBias))
    const qkv = tokenLinear(pass.tape, x, pass.get(weight), bias)
    return project(pass, selfAttention(pass.tape, qkv, heads))
  }
}

/** The biases of queries, keys and values, [3 C]: those of keys are 0 and stay 0. */
function joinBiases({ engine, tape }: Pass, query: Tensor, value: Tensor): Tensor {
  const [width] = query.shape
  const none = engine.tensor(new Float32Array(width), [width])
  const joined = raw.concat(engine, [query, none, value], 0)
  return tape.record(joined, [query, value], [], (dy) => {
    const [ofQuery, , ofValue] = raw.split(engine, dy, [width, width, width], 0)
    return [ofQuery, ofValue]
  })
}

/**
 * Fixed positions of tokens (Vaswani et al., NeurIPS 2017, section 3.5), over the flat index of a token
 * as Tong et al. (NeurIPS 2022) have them: sines in even columns, cosines in odd ones.
 * @returns [count, width] row by row
 */
export function sinePositions(count: number, width: number): Float32Array {
  const table = new Float32Array(count * width)
  for (let place = 0; place < count; place++) {
    for (let column = 0; column < width; column++) {
      const angle = place / 10_000 ** ((2 * Math.floor(column / 2)) / width)
      table[place * width + column] = column % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
    }
  }
  return table
}
