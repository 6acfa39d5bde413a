import type { Cube } from '#shared/encoders/encoder.ts'
import { tubelet } from '#shared/encoders/tubelet.ts'
import { addTable, cubesOf, reshape, tokenLinear } from '../engine/ops/tokens.ts'
import { sizeOf } from '../engine/tensor.ts'
import { sequence, type Blueprint, type Layer } from '../networks/blueprint.ts'
import { uniformByFanIn } from '../networks/initial.ts'
import {
  declareBlocks,
  declareLayerNorm,
  sinePositions,
  type TransformerSize,
} from '../networks/transformer.ts'
import type { EncoderDesign, Trunk } from './design.ts'

const COLOURS = 3

/**
 * A vision transformer over cubes of a clip (Tong et al., NeurIPS 2022): fixed positions, no class token;
 * the feature is the normalised mean of the tokens.
 */
export function vitDesign(size: TransformerSize): EncoderDesign {
  return {
    declare: (blueprint) => vitTrunk(blueprint, size),
    headNames: ['head.0', 'head.2'],
    startsHeadAsClassifier: false,
  }
}

function vitTrunk(blueprint: Blueprint, size: TransformerSize): Trunk {
  const embed = declareEmbedding(blueprint, 'patch_embed.proj', size.width, tubelet)
  const blocks = declareBlocks(blueprint, '', size)
  // What was pretrained without labels alone has none.
  const pooled = declareLayerNorm(blueprint, 'fc_norm', size.width, true)
  // Each block gives a map, so that maps of all depths can be had.
  const onMap = (blocks.parts ?? [blocks]).map(withinMap)
  const above = (name: string): number => {
    const [, block] = /^blocks\.(\d+)\./.exec(name) ?? []
    if (block !== undefined) return size.blocks - Number(block)
    return name.startsWith('patch_embed.') ? size.blocks + 1 : 0
  }
  return Object.assign(sequence(embed, ...onMap), {
    pooled,
    tokens: { width: size.width, embed, blocks, above },
  })
}

/** A layer on tokens as a layer on the map in which they lie. */
function withinMap(layer: Layer): Layer {
  return (pass, x) => {
    const width = x.shape[x.shape.length - 1]
    const count = sizeOf(x.shape) / x.shape[0] / width
    const tokens = reshape(pass.tape, x, [x.shape[0], count, width])
    return reshape(pass.tape, layer(pass, tokens), x.shape)
  }
}

/** A linear layer on the numbers of each cube, as a convolution with the cube's size as its stride. */
function declareEmbedding(blueprint: Blueprint, name: string, width: number, cube: Cube): Layer {
  const kernel = [cube.frames, cube.size, cube.size]
  const numbers = sizeOf(kernel) * COLOURS
  const weight = blueprint.add({
    name: `${name}.weight`,
    shape: [width, COLOURS, ...kernel],
    inner: [...kernel, COLOURS, width],
    initial: uniformByFanIn(numbers),
    compute: true,
  })
  const bias = blueprint.vector(`${name}.bias`, width, { initial: uniformByFanIn(numbers) })
  const positions = positionTables(width)
  return (pass, clips) => {
    const { engine, tape } = pass
    const cubes = cubesOf(engine, clips, cube)
    const matrix = reshape(tape, pass.get(weight), [numbers, width])
    const tokens = tokenLinear(tape, cubes, matrix, pass.get(bias)) // [B, T', H', W', C]
    const place = tokens.shape.slice(1)
    return addTable(tape, tokens, engine.tensor(positions(sizeOf(place) / width), place))
  }
}

/** Tables of positions by the number of tokens, made once. */
function positionTables(width: number): (count: number) => Float32Array {
  const known = new Map<number, Float32Array>()
  return (count) => {
    const table = known.get(count) ?? sinePositions(count, width)
    known.set(count, table)
    return table
  }
}
