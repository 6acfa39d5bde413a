import type { EncoderName } from '#shared/encoders/index.ts'
import { encoderEntries } from '../../trainer/encoders/encoder.ts'
import { sizeOf } from '../../trainer/engine/tensor.ts'
import type { SumTime } from './exchange.ts'

/** What all processes of a training are connected by. */
export interface Network {
  /** Gbit/s that a process can send and receive at the same time. */
  gigabits: number
  /** Seconds until a small message is at another process. */
  latency: number
}

/** What a step does on one process. */
export interface StepCost {
  /** Seconds of a step on one process alone, and the cores that it uses. */
  seconds: number
  cores: number
  /** Float32 values of the gradient. */
  gradient: number
  /** Small sums that the step waits for. */
  sums: number
}

/** What the processes of this program add to what the network takes. */
export interface ExchangeCost {
  /** Seconds of a small sum of two processes over shared memory. */
  sum: number
  /** Seconds to add up a value of the gradient, at one process. */
  value: number
  /** Bytes of a value on the wire. */
  bytes: number
}

/** Part of a step that is its backward pass, during which gradients travel. */
const BACKWARD = 2 / 3
/** Gradients travel in pieces of at most so many values. */
const BUCKET = 2 ** 20

/**
 * Part of a process's time that is training, where each process has the same number of clips whatever
 * their number N (Gustafson's scaling).
 *
 * A ring all-reduce sends 2 (N - 1) / N times the gradient through every process, in 2 (N - 1) messages
 * a piece (Patarasuk and Yuan, 2009). It is hidden by the backward pass but for what is longer than that
 * pass and for the last piece. A small sum takes 2 log2 N messages one after the other.
 */
export function efficiency(step: StepCost, network: Network, own: ExchangeCost, n: number): number {
  if (n === 1) return 1
  const pieces = Math.ceil(step.gradient / BUCKET)
  const bytesPerSecond = (network.gigabits * 1e9) / 8
  const wire = (2 * (n - 1) * step.gradient * own.bytes) / n / bytesPerSecond
  const adding = step.gradient * own.value
  const ring = wire + adding + 2 * (n - 1) * network.latency * pieces
  // The thread that adds up takes one of the cores from what computes.
  const lost = adding / step.cores
  const open = Math.max(ring - BACKWARD * step.seconds, ring / pieces)
  const small = step.sums * (own.sum + 2 * Math.ceil(Math.log2(n)) * network.latency)
  return step.seconds / (step.seconds + open + lost + small)
}

/** Gradient and small sums of an encoder in a step with a momentum encoder, which runs forwards only. */
export function exchangedBy(model: EncoderName): Pick<StepCost, 'gradient' | 'sums'> {
  const entries = encoderEntries(model)
  const norms = entries.filter(({ name }) => name.endsWith('running_mean')).length
  // Forwards at both encoders and backwards at one; keys, videos and the step's own news are three.
  const trained = entries.filter((entry) => entry.trained).map(({ shape }) => sizeOf(shape))
  return { gradient: trained.reduce((sum, size) => sum + size, 0), sums: 3 * norms + 3 }
}

/** What the model takes from measured sums. @param sums their lengths growing */
export function costOf(sums: readonly SumTime[], wire: 'float32' | 'bfloat16'): ExchangeCost {
  const largest = sums[sums.length - 1]
  return {
    sum: sums[0].waiting / 1e3,
    value: largest[wire] / 1e3 / largest.length,
    bytes: wire === 'float32' ? 4 : 2,
  }
}
