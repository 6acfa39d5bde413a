// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { concatRows } from '#main/trainer/engine/ops/elementwise.ts'
import { linear } from '#main/trainer/engine/ops/linear.ts'
import { normalizeRows } from '#main/trainer/engine/ops/normalize.ts'
import { raw } from '#main/trainer/engine/raw.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import type { Tensor } from '#main/trainer/engine/tensor.ts'
import {
  meanCosine,
  negativeCosine,
  squaredDistance,
  stopGradient,
} from '#main/trainer/objectives/cosine.ts'
import { inBatchNce } from '#main/trainer/objectives/in-batch-nce.ts'
import { infoNce } from '#main/trainer/objectives/info-nce.ts'
import { ntXent } from '#main/trainer/objectives/nt-xent.ts'
import {
  assignmentEntropy,
  sinkhornCodes,
  swappedPrediction,
} from '#main/trainer/objectives/swapped-prediction.ts'
import { Lars } from '#main/trainer/optimisers/lars.ts'
import { emaMomentum } from '#main/trainer/optimisers/schedule.ts'
import { relativeError } from '../golden-networks.ts'

const [N, D, K] = [4, 8, 6]
const SINKHORN = { epsilon: 0.05, rounds: 3 }

function fixture(name: string): unknown {
  const file = new URL(`../../../fixtures/objectives/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Figures of the official losses, in float64. */
const golden = fixture('losses') as {
  byol: number
  'byol_slowfast_T_0.5': number
  simsiam: number
  swav_mean_of_both_swaps: number
  swav_codes_view_1: number[][]
  swav_codes_view_2: number[][]
  'info_nce_queue_T_0.07': number
  nt_xent_mean_over_2n: number
  lars_factor: number
  'lars_w00_after_one_step_lr_0.6': number
  'momentum_at_0_.25_.5_.75_1': number[]
}
interface Figure {
  loss: number
  gradient: number[][]
}
/** Gradients that PyTorch gives in float64. */
const pairs = fixture('pairs') as {
  squaredDistance: Figure
  negativeCosine: Figure & { gradientOfFirst: number[][]; gradientOfSecond: number[][] }
  swapped: Figure & { gradientOfFirst: number[][]; gradientOfPrototypes: number[][] }
  inBatch: Figure
  ntXentOfThree: Figure
}

let engine: Engine
beforeAll(async () => {
  engine = (await loadEngine('float32')).inDoublePrecision()
})

/** z(offset) of the fixtures, not yet at unit length, in float64 up to the rounding of its values. */
function rows(offset: number): Tensor {
  const values = Float32Array.from({ length: N * D }, (_, at) =>
    Math.sin(0.7 * (at % D) + 2.1 * Math.floor(at / D) + offset),
  )
  return engine.tensor(values, [N, D])
}

/** The prototypes of the fixtures at unit length, one a column: [D, K]. */
function prototypes(): Tensor {
  const values = Float32Array.from({ length: K * D }, (_, at) =>
    Math.sin(0.9 * (at % D) + 3.5 * Math.floor(at / D) + 0.2),
  )
  const unit = normalizeRows(new Tape(engine), engine.tensor(values, [K, D]))
  return raw.transpose(engine, unit, [1, 0])
}

/** The gradients of a loss in what it is made of. */
function differentiated(
  offsets: readonly number[],
  lossOf: (tape: Tape, unit: Tensor[]) => Tensor,
): { loss: number; gradients: Float32Array[] } {
  return engine.scope(() => {
    const tape = new Tape(engine)
    const leaves = offsets.map(rows)
    tape.watch(leaves)
    const loss = lossOf(
      tape,
      leaves.map((leaf) => normalizeRows(tape, leaf)),
    )
    const sums = tape.backward(loss, engine.scalar(1))
    const gradients = leaves.map((leaf) => {
      const sum = sums.get(leaf)
      return sum ? engine.read(sum).slice() : new Float32Array(0)
    })
    sums.forEach((held) => engine.release(held))
    return { loss: engine.read(loss)[0], gradients }
  })
}

describe('the squared distance of predictions and targets', () => {
  it('is the golden one, and has PyTorch’s gradient', () => {
    const { loss, gradients } = differentiated([0], (tape, [p]) => {
      return squaredDistance(tape, p, normalizeRows(new Tape(engine), rows(0.4)))
    })
    expect(Math.abs(loss - golden.byol)).toBeLessThan(1e-6)
    expect(relativeError(gradients[0], pairs.squaredDistance.gradient.flat())).toBeLessThan(1e-5)
  })

  it('differs from the mean similarity over a temperature by constants alone', () => {
    const { loss } = differentiated([0, 0.4], (tape, [p, z]) => meanCosine(tape, p, z))
    expect(Math.abs(-loss / 0.5 - golden['byol_slowfast_T_0.5'])).toBeLessThan(1e-6)
  })
})

describe('the negative cosine', () => {
  it('is the golden one of two pairs', () => {
    const { loss } = differentiated([0, 0.4, 1.1], (tape, [a, b, c]) =>
      raw.scale(
        engine,
        raw.add(engine, negativeCosine(tape, a, c), negativeCosine(tape, b, c)),
        0.5,
      ),
    )
    expect(Math.abs(loss - golden.simsiam)).toBeLessThan(1e-6)
  })

  it('has PyTorch’s gradient on both sides, and on one where the gradient is stopped', () => {
    const { gradientOfFirst, gradientOfSecond } = pairs.negativeCosine
    const both = differentiated([0, 1.1], (tape, [p, z]) => negativeCosine(tape, p, z))
    expect(relativeError(both.gradients[0], gradientOfFirst.flat())).toBeLessThan(1e-5)
    expect(relativeError(both.gradients[1], gradientOfSecond.flat())).toBeLessThan(1e-5)
    const one = differentiated([0, 1.1], (tape, [p, z]) =>
      negativeCosine(tape, p, stopGradient(tape, z)),
    )
    expect(one.loss).toBe(both.loss)
    expect(one.gradients[0]).toEqual(both.gradients[0])
    expect(one.gradients[1]).toHaveLength(0)
  })
})

describe('codes and swapped prediction', () => {
  it('gives the golden codes of both views', () => {
    engine.scope(() => {
      const views = [golden.swav_codes_view_1, golden.swav_codes_view_2]
      for (const [i, expected] of views.entries()) {
        const z = normalizeRows(new Tape(engine), rows(0.4 * i))
        const codes = sinkhornCodes(engine, raw.matmul(engine, z, prototypes()), SINKHORN)
        engine.read(codes).forEach((value, at) => {
          expect(Math.abs(value - expected.flat()[at])).toBeLessThan(1e-6)
        })
      }
    })
  })

  it('gives the golden loss, with PyTorch’s gradients in embeddings and prototypes', () => {
    engine.scope(() => {
      const tape = new Tape(engine)
      const [a, b, w] = [rows(0), rows(0.4), prototypes()]
      tape.watch([a, b, w])
      const z = normalizeRows(tape, concatRows(tape, [a, b]))
      const scores = linear(tape, z, w, null)
      const codes = raw
        .split(engine, scores, [N, N], 0)
        .map((own) => sinkhornCodes(engine, own, SINKHORN))
      const swapped = raw.concat(engine, codes.toReversed(), 0)
      const loss = swappedPrediction(tape, scores, swapped, 0.1)
      const sums = tape.backward(loss, engine.scalar(1))
      expect(Math.abs(engine.read(loss)[0] - golden.swav_mean_of_both_swaps)).toBeLessThan(1e-6)
      const { gradientOfFirst, gradientOfPrototypes } = pairs.swapped
      expect(relativeError(engine.read(sums.get(a)!), gradientOfFirst.flat())).toBeLessThan(1e-5)
      const ofPrototypes = engine.read(raw.transpose(engine, sums.get(w)!, [1, 0]))
      expect(relativeError(ofPrototypes, gradientOfPrototypes.flat())).toBeLessThan(1e-5)
      sums.forEach((held) => engine.release(held))
    })
  })

  it('stays finite where most prototypes are out of reach', () => {
    engine.scope(() => {
      const far = Float32Array.from({ length: N * K }, (_, at) => (at % K === 0 ? 1 : -1))
      const codes = sinkhornCodes(engine, engine.tensor(far, [N, K]), { epsilon: 0.01, rounds: 3 })
      const values = engine.read(codes)
      for (let row = 0; row < N; row++) {
        const sum = values.slice(row * K, (row + 1) * K).reduce((total, value) => total + value, 0)
        expect(sum).toBeCloseTo(1, 5)
      }
    })
  })

  it('measures how evenly clips choose prototypes', () => {
    const entropyOf = (nearest: number[]): number =>
      engine.scope(() => {
        const scores = nearest.flatMap((k) =>
          Array.from({ length: K }, (_, j) => (j === k ? 1 : 0)),
        )
        const tensor = engine.tensor(Float32Array.from(scores), [nearest.length, K])
        return engine.read(assignmentEntropy(engine, tensor))[0]
      })
    expect(entropyOf([2, 2, 2, 2])).toBeCloseTo(0, 6)
    expect(entropyOf([0, 1, 2, 3])).toBeCloseTo(1, 6)
    expect(entropyOf([0, 0, 3, 3])).toBeCloseTo(0.5, 6)
  })
})

describe('InfoNCE within the batch', () => {
  it('has PyTorch’s loss and gradient', () => {
    const { loss, gradients } = differentiated([0], (tape, [q]) => {
      return inBatchNce(tape, q, normalizeRows(new Tape(engine), rows(0.4)), 0.2).loss
    })
    expect(Math.abs(loss - pairs.inBatch.loss)).toBeLessThan(1e-6)
    expect(relativeError(gradients[0], pairs.inBatch.gradient.flat())).toBeLessThan(1e-5)
  })

  it('counts hits among the other keys, and their mean similarity', () => {
    engine.scope(() => {
      const q = engine.tensor(Float32Array.of(1, 0, 0, 1), [2, 2])
      const k = engine.tensor(Float32Array.of(1, 0, 1, 0), [2, 2])
      const { hits, positive, negative } = inBatchNce(new Tape(engine), q, k, 0.2)
      expect([...engine.read(hits)]).toEqual([0, 0])
      expect(engine.read(positive)[0]).toBeCloseTo(0.5, 6)
      expect(engine.read(negative)[0]).toBeCloseTo(0.5, 6)
    })
  })
})

it('NT-Xent takes three clips of a video, none of them a negative of another', () => {
  const { loss, gradients } = differentiated(
    [0, 0.4, 1.1],
    (tape, unit) => ntXent(tape, concatRows(tape, unit), 0.2, 3).loss,
  )
  expect(Math.abs(loss - pairs.ntXentOfThree.loss)).toBeLessThan(1e-6)
  const all = gradients.flatMap((gradient) => [...gradient])
  expect(relativeError(all, pairs.ntXentOfThree.gradient.flat())).toBeLessThan(1e-5)
})

describe('contrast with a queue and within the batch', () => {
  it('has the golden losses', () => {
    const queued = differentiated([0, 0.4], (tape, [q, k]) => {
      const values = Float32Array.from({ length: 12 * D }, (_, at) =>
        Math.sin(1.1 * (at % D) + 2.8 * Math.floor(at / D) + 0.3),
      )
      const unit = normalizeRows(new Tape(engine), engine.tensor(values, [12, D]))
      return infoNce(tape, q, k, raw.transpose(engine, unit, [1, 0]), 0.07).loss
    })
    expect(Math.abs(queued.loss - golden['info_nce_queue_T_0.07'])).toBeLessThan(1e-6)
    const two = differentiated([0, 0.4], (tape, unit) => {
      return ntXent(tape, concatRows(tape, unit), 0.1).loss
    })
    expect(Math.abs(two.loss - golden.nt_xent_mean_over_2n)).toBeLessThan(1e-6)
  })
})

it('LARS scales a layer by the golden factor', () => {
  const parameters = [{ name: 'w', shape: [3, 4], size: 12 }]
  const lars = new Lars(engine, { parameters, weightDecay: 1e-6, momentum: 0, trust: 0.001 })
  const grid = (f: (c: number, r: number) => number): Float32Array =>
    Float32Array.from({ length: 12 }, (_, at) => f(at % 4, Math.floor(at / 4)))
  engine.scope(() => {
    const w = engine.tensor(
      grid((c, r) => Math.sin(0.7 * c + 2.1 * r)),
      [12],
    )
    const g = engine.tensor(
      grid((c, r) => Math.sin(0.2 * c + 6.3 * r + 0.5)),
      [12],
    )
    const after = engine.read(lars.step(w, g, 0.6))
    expect(after[0]).toBeCloseTo(golden['lars_w00_after_one_step_lr_0.6'], 9)
    expect(after[0] / (-0.6 * Math.sin(0.5))).toBeCloseTo(golden.lars_factor, 8)
  })
  lars.dispose()
})

it('the momentum of a copy rises along the golden cosine', () => {
  golden['momentum_at_0_.25_.5_.75_1'].forEach((expected, i) => {
    expect(emaMomentum(0.996, 'cosine', i, 4)).toBeCloseTo(expected, 10)
  })
})
