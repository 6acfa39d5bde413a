import type { Layer, Pass } from './blueprint.ts'
import type { Tensor } from '../engine/tensor.ts'

/**
 * The deepest feature map of a trunk whose cells are at most so many pixels apart, or as fine as those of
 * its first layer where no layer's are.
 * @param x clips, [B, T, H, W, C]
 * @param stride pixels
 * @returns [B, T', H', W', C']
 */
export function fineMap(trunk: Layer, pass: Pass, x: Tensor, stride: number): Tensor {
  let finest = x
  let limit = stride
  for (const layer of partsOf(trunk)) {
    const map = pass.engine.scope(() => layer(pass, finest))
    if (finest === x) limit = Math.max(stride, x.shape[2] / map.shape[2])
    const isCoarse = map.shape[2] * limit < x.shape[2]
    if (isCoarse) {
      pass.engine.discard(map)
      break
    }
    if (finest !== x && finest !== map) pass.engine.discard(finest)
    finest = map
  }
  return finest
}

/** Its layers in order, sequences within sequences taken apart. */
function partsOf(layer: Layer): Layer[] {
  return layer.parts ? layer.parts.flatMap(partsOf) : [layer]
}
