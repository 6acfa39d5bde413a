import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { squareWave } from './square-wave.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'

/** Figures of whole steps, in float64: `steps-more.json.gz` in test/fixtures/golden. */
export interface GoldenPairStep {
  ema: number
  sgd: { lr: number; momentum: number; weight_decay: number }
  parameters: [name: string, shape: number[]][]
  loss_12: number
  loss_21: number
  loss: number
  gradient_l2: Record<string, number>
  parameter_l2_after_step: Record<string, number>
  target_l2_after_step: Record<string, number>
  loss_after_step: number
}

const folder = path.join(import.meta.dirname, '../../fixtures/golden')

export function readGoldenStep<Step = GoldenPairStep>(name: string): Step {
  const text = gunzipSync(readFileSync(path.join(folder, 'steps-more.json.gz'))).toString()
  return (JSON.parse(text) as Record<string, Step>)[name]
}

/**
 * The values that those figures were computed with: s = sin(0.7 (i^2 mod 10007) + k) for flat index i
 * of the k-th tensor, running statistics counted.
 * @param shift added to k
 */
export function formulaState(
  parameters: readonly (readonly [name: string, shape: number[]])[],
  shift = 0,
): StateDict {
  return new Map(
    parameters.map(([name, shape], k) => [
      name,
      { shape: [...shape], data: formulaValues(name, shape, k + shift) },
    ]),
  )
}

function formulaValues(name: string, shape: readonly number[], k: number): Float32Array {
  const length = shape.reduce((product, n) => product * n, 1)
  if (name.endsWith('running_mean')) return new Float32Array(length)
  if (name.endsWith('running_var')) return new Float32Array(length).fill(1)
  const amplitude = 2 / Math.sqrt(length / shape[0])
  if (shape.length > 1) return squareWave(length, k, 10_007, (sine) => amplitude * sine)
  const start = name.endsWith('weight') ? 1 : 0
  return squareWave(length, k, 10_007, (sine) => start + 0.1 * sine)
}

const [FRAMES, SIDE, WHOLE] = [8, 56, 112]

/**
 * Eight first clips and eight second clips of 8x56x56, normalised: of two videos the frames from 0 or 8
 * on, cut from each corner.
 */
export function formulaViews(): Float32Array[] {
  const videos = ['vtest-a', 'tree'].map((name) =>
    gunzipSync(readFileSync(path.join(folder, `${name}.bin.gz`))),
  )
  const corners = [0, SIDE].flatMap((y) => [0, SIDE].map((x) => [y, x] as const))
  return [0, FRAMES].map((start) => {
    const clips = videos.flatMap((bytes) =>
      corners.map(([top, left]) => cut(bytes, start, top, left)),
    )
    return Float32Array.from(clips.flatMap((clip) => [...clip]))
  })
}

function cut(bytes: Uint8Array, start: number, top: number, left: number): Float32Array {
  return Float32Array.from({ length: FRAMES * SIDE * SIDE * 3 }, (_, i) => {
    const [c, x] = [i % 3, Math.floor(i / 3) % SIDE]
    const [y, t] = [Math.floor(i / 3 / SIDE) % SIDE, Math.floor(i / 3 / SIDE / SIDE)]
    const from = (((start + t) * WHOLE + top + y) * WHOLE + left + x) * 3 + c
    return (bytes[from] / 255 - kineticsScaling.mean[c]) / kineticsScaling.deviation[c]
  })
}
