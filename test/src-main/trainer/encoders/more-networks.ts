import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { encoderEntries } from '#main/trainer/encoders/encoder.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import type { EncoderName } from '#shared/encoders/index.ts'

/** Figures of a network, of a batch of the two golden clips; see golden/README.md. */
export interface NetworkFigures {
  parameters: [name: string, shape: number[]][]
  /** Trained ones. */
  numbers: number
  eval_features: number[][]
  train_features: number[][]
}

/** Figures of a network on small clips in training mode; encoders/write.py says how they are made. */
export interface GradientFigures {
  shape: [number, number, number, number, 3]
  features: number[][]
  /** Its norm, and its sum with a wave. */
  gradients: Record<string, [number, number]>
  /** Norms after the pass. */
  statistics: Record<string, number>
}

function read<T>(file: string): Record<string, T> {
  const bytes = readFileSync(new URL(`../../../fixtures/${file}`, import.meta.url))
  return JSON.parse(gunzipSync(bytes).toString()) as Record<string, T>
}

export const readNetworks = () => read<NetworkFigures>('golden/networks-more.json.gz')
export const readGradients = () => read<GradientFigures>('encoders/gradients.json.gz')

/**
 * The deterministic weights that the figures were computed with: those of `golden-networks.ts` with
 * the square of the index, so that neighbouring filters are unlike each other.
 */
export function squareState(model: EncoderName): StateDict {
  return new Map(
    encoderEntries(model).map(({ name, shape }, k) => [
      name,
      { shape: [...shape], data: values(name, shape, k) },
    ]),
  )
}

function values(name: string, shape: readonly number[], k: number): Float32Array {
  const length = sizeOf(shape)
  const amplitude = 2 / Math.sqrt(length / shape[0])
  const at = (i: number): number => {
    const wave = Math.sin(0.7 * ((i * i) % 10_007) + k)
    if (shape.length > 1) return amplitude * wave
    if (name.endsWith('running_mean')) return 0
    if (name.endsWith('running_var')) return 1
    return name.endsWith('weight') ? 1 + 0.1 * wave : 0.1 * wave
  }
  return Float32Array.from({ length }, (_, i) => at(i))
}

/** sin(0.7 (i^2 mod 1000003) + k) */
export function wave(length: number, k: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(0.7 * ((i * i) % 1_000_003) + k))
}
