import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import type { Clip } from '#shared/fame/clip.ts'
import { installationFolder } from '../base/processes/installation.ts'
import type { Formula } from './formulas.ts'

/** Reference figures that come with the workbench: `resources/golden/README.md` says what each is. */
export const goldenFolder = join(installationFolder(), 'resources', 'golden')

export const GOLDEN_NAMES = ['megamind', 'tree', 'vtest-a'] as const
export const GOLDEN_BETAS = [0.3, 0.5, 0.7] as const

/** A clip with what the reference implementation of FAME (PyTorch) makes of it. */
export interface GoldenClip {
  clip: Clip & { data: Uint8Array }
  seed: Float32Array
  posterior: Float32Array
  soft: Float32Array
  /** One for each of GOLDEN_BETAS. */
  masks: Uint8Array[]
}

export function readGoldenClip(name: (typeof GOLDEN_NAMES)[number]): GoldenClip {
  const { frames, height, width } = JSON.parse(
    readFileSync(join(goldenFolder, `${name}.json`), 'utf8'),
  ) as { frames: number; height: number; width: number }
  const bytes = new Uint8Array(gunzipSync(readFileSync(join(goldenFolder, `${name}.bin.gz`))))
  let offset = 0
  const take = (length: number): Uint8Array => bytes.slice(offset, (offset += length))
  const pixels = height * width
  const takeFloats = (): Float32Array => new Float32Array(take(pixels * 4).buffer)
  return {
    clip: { data: take(frames * pixels * 3), frames, height, width },
    seed: takeFloats(),
    posterior: takeFloats(),
    soft: takeFloats(),
    masks: GOLDEN_BETAS.map(() => take(pixels)),
  }
}

/** Figures of an encoder on the batch of two golden clips, [2, C] each. */
export interface NetworkFigures {
  parameters: [name: string, shape: number[]][]
  eval_features: number[][]
  /** Left out where they are those of evaluation mode. */
  train_features?: number[][]
}

/** [figure, greatest relative error in float32, the same in bfloat16; null where it is not compared] */
export type Limited = [value: number, float32: number, bfloat16: number | null]

/** L2 norms by name, and the greatest relative errors in float32 and bfloat16. */
export interface Norms {
  l2: Record<string, number>
  limits: [float32: number, bfloat16: number | null]
}

/** One training step with the figures of the reference, in the names of the workbench. */
export interface GoldenStep {
  title: string
  method: string
  settings: Record<string, string | number | boolean>
  views: 'corners' | 'mirrored'
  optimiser: {
    optimiser: 'sgd'
    momentum: number
    weightDecay: number
    decayVectors: boolean
    clipNorm: number
  }
  lr: number
  start: { name: string; shape: number[]; formula: Formula; k: number }[]
  metrics: Record<string, Limited>
  /**
   * Of the relative errors of all gradients in rising order, the one after this share of them is
   * compared with the limit; `decay` is what the figures hold of the weights themselves.
   */
  gradients: Norms & { share: number; decay: number }
  after: Norms
  /** Where the figures go on: the loss of the same clips after the step, and what has followed it. */
  next?: Norms & { loss: Limited }
}

/** JSON of one of the packed files. */
export function readPacked<T>(file: string): T {
  return JSON.parse(gunzipSync(readFileSync(join(goldenFolder, file))).toString()) as T
}

export function readGoldenSteps(): GoldenStep[] {
  return readPacked<GoldenStep[]>('steps.json.gz')
}

const FRAMES = 16
const SIZE = 112
/** Clips of half as many frames, cut from the corners. */
const [SHORT, SIDE] = [8, 56]

/** Shape of the batch of two golden clips, [vtest-a, tree]. */
export const GOLDEN_SHAPE = [2, FRAMES, SIZE, SIZE, 3] as const

function twoVideos(): Uint8Array[] {
  return (['vtest-a', 'tree'] as const).map((name) => readGoldenClip(name).clip.data)
}

/** The batch of two golden clips, values from 0 to 255; mirrored horizontally when asked. */
export function goldenFrames(options: { mirrored: boolean }): Float32Array {
  const each = FRAMES * SIZE * SIZE * 3
  const data = new Float32Array(2 * each)
  twoVideos().forEach((bytes, b) => {
    for (let i = 0; i < each; i++) {
      const x = Math.floor(i / 3) % SIZE
      data[b * each + i] = bytes[options.mirrored ? i + 3 * (SIZE - 1 - 2 * x) : i]
    }
  })
  return data
}

/** The same, with the mean and deviation of Kinetics: what encoders take. */
export function normalisedFrames(options: { mirrored: boolean }): Float32Array {
  return goldenFrames(options).map((value, i) => normalised(value, i % 3))
}

function normalised(value: number, channel: number): number {
  const { mean, deviation } = kineticsScaling
  return (value / 255 - mean[channel]) / deviation[channel]
}

/**
 * Eight first clips and eight second clips of 8x56x56, normalised: of two videos the frames from 0
 * or 8 on, cut from each corner.
 */
export function cornerViews(): Float32Array[] {
  const corners = [0, SIDE].flatMap((y) => [0, SIDE].map((x) => [y, x] as const))
  const videos = twoVideos()
  return [0, SHORT].map((start) => {
    const clips = videos.flatMap((bytes) =>
      corners.map(([top, left]) => cut(bytes, { start, top, left })),
    )
    return Float32Array.from(clips.flatMap((clip) => [...clip]))
  })
}

function cut(
  bytes: Uint8Array,
  { start, top, left }: { start: number; top: number; left: number },
): Float32Array {
  return Float32Array.from({ length: SHORT * SIDE * SIDE * 3 }, (_, i) => {
    const [c, x] = [i % 3, Math.floor(i / 3) % SIDE]
    const [y, t] = [Math.floor(i / 3 / SIDE) % SIDE, Math.floor(i / 3 / SIDE / SIDE)]
    const from = (((start + t) * SIZE + top + y) * SIZE + left + x) * 3 + c
    return normalised(bytes[from], c)
  })
}
