import type { FlowField } from '../field.ts'
import { sampledPlace } from '../round.ts'

/** Sharpness of the cubic kernel, as OpenCV has it. */
const A = -0.75

/** The kernel's four weights for a place that lies `at` behind its second tap, in [0, 1). */
function cubicWeights(at: number, weights: Float64Array): void {
  const before = at + 1
  const after = 1 - at
  weights[0] = ((A * before - 5 * A) * before + 8 * A) * before - 4 * A
  weights[1] = ((A + 2) * at - (A + 3)) * at * at + 1
  weights[2] = ((A + 2) * after - (A + 3)) * after * after + 1
  weights[3] = 1 - weights[0] - weights[1] - weights[2]
}

/**
 * Planes [H, W] where a flow points to, bicubic; outside they are 0, as OpenCV's remap has it.
 * @param targets are overwritten, one for each source
 */
export function warpCubic(
  sources: readonly Float32Array[],
  flow: FlowField,
  targets: readonly Float32Array[],
): void {
  const { width, height } = flow
  const across = new Float64Array(4)
  const down = new Float64Array(4)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const placeX = sampledPlace(x + flow.u[i])
      const placeY = sampledPlace(y + flow.v[i])
      const left = Math.floor(placeX)
      const top = Math.floor(placeY)
      cubicWeights(placeX - left, across)
      cubicWeights(placeY - top, down)
      sources.forEach((source, s) => {
        let sum = 0
        for (let r = 0; r < 4; r++) {
          const row = top + r - 1
          if (row < 0 || row >= height) continue
          let line = 0
          for (let c = 0; c < 4; c++) {
            const column = left + c - 1
            if (column >= 0 && column < width) line += across[c] * source[row * width + column]
          }
          sum += down[r] * line
        }
        targets[s][i] = sum
      })
    }
  }
}
