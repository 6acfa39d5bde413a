// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { gradientDifference, powerLoss } from '#main/trainer/objectives/frame-losses.ts'
import { logisticLoss } from '#main/trainer/objectives/logistic.ts'
import { psnr, sharpness, ssim } from '#main/trainer/objectives/picture-quality.ts'
import { relativeError } from '../golden-networks.ts'

/**
 * Scores of pictures by NumPy, written from the papers pixel by pixel; losses and their slopes by
 * PyTorch's automatic differentiation. The sum of the gradient difference is an official figure.
 */
interface Figures {
  quality: { shape: number[]; psnr: number; ssim: number; sharpness: number }[]
  losses: {
    power: number
    shape: number[]
    pixel: number
    pixelSlope: number[]
    edges: number
    edgesSlope: number[]
  }[]
  logistic: { answer: boolean; loss: number; slope: number[] }[]
  gradientDifferenceSum: number
}

const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/objectives/frames.json', import.meta.url), 'utf8'),
) as Figures

/** Smooth pictures in [0, 1], another one for each clip and channel. */
function smooth(shape: readonly number[], k: number): Float32Array {
  const [b, h, w, c] = shape
  const data = new Float32Array(sizeOf(shape))
  let at = 0
  for (let i = 0; i < b; i++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        for (let j = 0; j < c; j++) {
          const wave = 0.3 * Math.sin(0.4 * x + 0.3 * y + k + i + 0.5 * j)
          data[at++] = 0.5 + wave + 0.1 * Math.cos(0.9 * y - 0.2 * k * x)
        }
      }
    }
  }
  return data
}

/** 0.8 sin(0.7 (i i mod 10007) + k) */
function wave(shape: readonly number[], k: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const unit = Math.fround(0.5 + 0.4 * Math.sin(0.7 * ((i * i) % 10007) + k))
    return 2 * unit - 1
  })
}

let single: Engine
beforeAll(async () => {
  single = await loadEngine('float32')
})

/** A loss and its slope. */
function slopeOf(
  engine: Engine,
  data: Float32Array,
  shape: readonly number[],
  loss: (tape: Tape, x: Tensor) => Tensor,
): { loss: number; slope: Float32Array } {
  return engine.scope(() => {
    const tape = new Tape(engine)
    const x = engine.tensor(data, shape)
    tape.watch([x])
    const y = loss(tape, x)
    const gradients = tape.backward(y, engine.scalar(1))
    const slope = engine.read(gradients.get(x)!).slice()
    gradients.forEach((held) => engine.release(held))
    return { loss: engine.read(y)[0], slope }
  })
}

describe.each(['float32', 'float64'])('in %s', (precision) => {
  const get = (): Engine => (precision === 'float32' ? single : single.inDoublePrecision())

  it.each(figures.quality)('scores of pictures $shape are those by definition', (figure) => {
    const engine = get()
    engine.scope(() => {
      const [p, y] = [0.2, 0.5].map((k) => engine.tensor(smooth(figure.shape, k), figure.shape))
      const scores = { psnr, ssim, sharpness }
      for (const [name, score] of Object.entries(scores)) {
        const expected = figure[name as keyof typeof scores]
        expect(Math.abs(engine.read(score(engine, p, y))[0] / expected - 1), name).toBeLessThan(
          2e-5,
        )
      }
      expect(engine.read(ssim(engine, y, y))[0]).toBeCloseTo(1, 5)
      expect(engine.read(psnr(engine, y, y))[0]).toBeCloseTo(100, 3)
    })
  })

  it.each(figures.losses)('losses of frames to the power $power agree with PyTorch', (figure) => {
    const engine = get()
    const { shape, power } = figure
    const truth = (): Tensor => engine.tensor(wave(shape, 2), shape)
    const pixel = slopeOf(engine, wave(shape, 1), shape, (tape, p) =>
      powerLoss(tape, p, truth(), power),
    )
    const edges = slopeOf(engine, wave(shape, 1), shape, (tape, p) =>
      gradientDifference(tape, p, truth(), power),
    )
    expect(pixel.loss).toBeCloseTo(figure.pixel, 6)
    expect(relativeError(pixel.slope, figure.pixelSlope)).toBeLessThan(1e-5)
    expect(edges.loss).toBeCloseTo(figure.edges, 6)
    expect(relativeError(edges.slope, figure.edgesSlope)).toBeLessThan(1e-5)
  })

  it.each(figures.logistic)('a logistic loss agrees with PyTorch, answer $answer', (figure) => {
    const logits = Float32Array.of(0.3, -2, 5)
    const { loss, slope } = slopeOf(get(), logits, [3, 1], (tape, x) =>
      logisticLoss(tape, x, figure.answer),
    )
    expect(loss).toBeCloseTo(figure.loss, 6)
    expect(relativeError(slope, figure.slope)).toBeLessThan(1e-5)
  })
})

it('the gradient difference is the official one, divided by the number of values', () => {
  const engine = single.inDoublePrecision()
  const shape = [1, 5, 6, 1]
  const values = (of: (x: number, y: number) => number): Tensor => {
    const data = Float32Array.from({ length: 30 }, (_, i) => of(i % 6, Math.floor(i / 6)))
    return engine.tensor(data, shape)
  }
  engine.scope(() => {
    const truth = values((x, y) => Math.sin(0.7 * x + 2.1 * y))
    const other = values((x, y) => Math.sin(0.6 * x + 2.45 * y + 0.2))
    const loss = gradientDifference(new Tape(engine), other, truth, 1)
    expect(30 * engine.read(loss)[0]).toBeCloseTo(figures.gradientDifferenceSum, 5)
  })
})
