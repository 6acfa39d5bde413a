import type { EncoderDescriptor } from '#shared/encoders/encoder.ts'
import { encoders } from '#shared/encoders/index.ts'
import type { Grid, Similarity } from '#shared/tracking/label-propagation.ts'
import { frameOf, type Frames } from '#shared/tracking/trackers/tracker.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { normaliseColours } from '../loader/transforms/colour.ts'

/** Frames of the clip that stands for one frame. */
const CLIP = 8

/** Features of the cells of one frame. */
export interface FrameFeatures {
  grid: Grid
  /** [h*w, C], each cell of length 1. */
  data: Float32Array
}

export interface FeatureOptions {
  encoder: Encoder
  /** `still`: the frame repeated; `moving`: the frames around it. */
  clip: 'still' | 'moving'
  /** Most pixels between cells. */
  stride: number
}

/** The features of one frame of a sequence: the middle of the fine map of the clip that stands for it. */
export function frameFeatures(
  sequence: Frames,
  t: number,
  { encoder, clip, stride }: FeatureOptions,
): FrameFeatures {
  const { height, width, frames: length } = sequence
  const { scaling, ...descriptor }: EncoderDescriptor = encoders[encoder.model]
  const frames = Math.max(CLIP, descriptor.least?.frames ?? 0)
  const data = new Float32Array(frames * height * width * 3)
  for (let i = 0; i < frames; i++) {
    const place = clip === 'still' ? t : within(t + i - (frames >> 1), length)
    const frame = frameOf(sequence, place)
    const from = i * frame.length
    for (let k = 0; k < frame.length; k++) data[from + k] = frame[k] / 255
  }
  normaliseColours({ data, frames, height, width }, scaling)
  const clips = { data, shape: [1, frames, height, width, 3] } as const
  const map = encoder.forwardFineMap(clips, stride)
  return middleOf(map.data, map.shape)
}

/** Frames beyond an end repeat it. */
function within(t: number, length: number): number {
  return Math.min(length - 1, Math.max(0, t))
}

function middleOf(map: Float32Array, shape: readonly number[]): FrameFeatures {
  const [, frames, height, width, channels] = shape
  const cells = height * width * channels
  const middle = frames >> 1
  const data = map.slice(middle * cells, (middle + 1) * cells)
  for (let at = 0; at < data.length; at += channels) {
    const cell = data.subarray(at, at + channels)
    const length = Math.hypot(...cell)
    if (!Number.isFinite(length)) throw diverged()
    if (length > 0) cell.forEach((value, c) => (cell[c] = value / length))
  }
  return { grid: { height, width }, data }
}

function diverged(): Error {
  return new Error(
    "The encoder's features are not finite numbers: its run has diverged. " +
      'Train again with a lower learning rate.',
  )
}

/** Cosines of all cells of two frames by one product of matrices. @param cells of a frame */
export function cosinesBy(engine: Engine, cells: number): Similarity {
  return (features, others) =>
    engine.scope(() => {
      const shape = [cells, features.length / cells] as const
      const product = raw.matmul(
        engine,
        engine.tensor(features, shape),
        engine.tensor(others, shape),
        {
          b: true,
        },
      )
      return engine.read(product)
    })
}
