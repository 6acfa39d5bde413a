import { flowAlgorithms } from '../../flow/algorithms.ts'
import type { FlowField } from '../../flow/field.ts'
import { greyOf } from '../../flow/grey.ts'
import { frameOf, type Sequence } from './tracker.ts'

/** Each pixel takes the label of the pixel that it was in the frame before. */
export function* flowWarp(sequence: Sequence): Generator<Uint8Array, void, undefined> {
  const { frames, height, width, first } = sequence
  let before = first
  for (let t = 1; t < frames; t++) {
    const { u, v } = flowBack(sequence, t)
    const labels = first.map((_, i) => {
      const x = clamp(Math.round((i % width) + u[i]), width - 1)
      const y = clamp(Math.round(Math.floor(i / width) + v[i]), height - 1)
      return before[y * width + x]
    })
    yield labels
    before = labels
  }
}

/** Flow from frame t to the one before. */
function flowBack(sequence: Sequence, t: number): FlowField {
  const { height, width } = sequence
  const flow = flowAlgorithms['dis-medium']()
  const grey = (frame: number) => greyOf({ data: frameOf(sequence, frame), height, width })
  flow.next(grey(t))
  return flow.next(grey(t - 1))!
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}
