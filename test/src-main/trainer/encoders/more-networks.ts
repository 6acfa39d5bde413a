import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { squareWave } from '../square-wave.ts'
import { formulaValues } from '#main/selftest/formulas.ts'
import { readPacked } from '#main/selftest/golden.ts'
import { encoderEntries } from '#main/trainer/encoders/encoder.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import type { EncoderName } from '#shared/encoders/index.ts'

/** Figures of a network, of a batch of the two golden clips; see test/fixtures/README.md. */
export interface NetworkFigures {
  parameters: [name: string, shape: number[]][]
  /** Trained ones. */
  numbers: number
  eval_features: number[][]
  /** Left out where they are those of evaluation mode. */
  train_features?: number[][]
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

export const readNetworks = () =>
  readPacked<Record<string, NetworkFigures>>('networks-more.json.gz')
export const readGradients = () => read<GradientFigures>('encoders/gradients.json.gz')

/**
 * The deterministic weights that the figures were computed with: those of `golden-networks.ts` with
 * the square of the index, so that neighbouring filters are unlike each other.
 */
export function squareState(model: EncoderName): StateDict {
  return new Map(
    encoderEntries(model).map(({ name, shape }, k) => [
      name,
      { shape: [...shape], data: formulaValues('square', { name, shape, k }) },
    ]),
  )
}

/** sin(0.7 (i^2 mod 1000003) + k) */
export function wave(length: number, k: number): Float32Array {
  return squareWave(length, k, 1_000_003)
}
