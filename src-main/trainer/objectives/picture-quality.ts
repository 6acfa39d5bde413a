import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { conv } from '../engine/ops/conv.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { differences } from './frame-losses.ts'

/** An error below it counts as this: equal pictures would be infinitely alike. 100 dB. */
const LEAST_ERROR = 1e-10

/** SSIM's window and constants (Wang et al., 2004, section III-B). */
const WINDOW = { taps: 11, deviation: 1.5 }
const C1 = 0.01 ** 2
const C2 = 0.03 ** 2

/**
 * Peak signal-to-noise ratio, the mean over pictures: 10 log10(1 / mean squared error), in dB.
 * @param p pictures in [0, 1], channels last, [B, H, W, 3 F] for F pictures of a clip
 * @param y the true ones, likewise
 */
export function psnr(engine: Engine, p: Tensor, y: Tensor): Tensor {
  return decibels(engine, perPicture(engine, raw.squaredDifference(engine, p, y)))
}

/**
 * Difference in sharpness (Mathieu et al., ICLR 2016, section 3.1), the mean over pictures:
 * 10 log10(1 / mean | g(y) - g(p) |) with g the sum of the absolute changes from the pixel above and
 * the one to the left; in dB.
 */
export function sharpness(engine: Engine, p: Tensor, y: Tensor): Tensor {
  const rest = raw.subtract(engine, changes(engine, y), changes(engine, p))
  return decibels(engine, perPicture(engine, raw.abs(engine, rest)))
}

/**
 * Structural similarity (Wang et al., IEEE TIP 2004, equation 13), the mean over windows that lie whole
 * within a picture, and over colours and pictures. Windows of small pictures are smaller.
 */
export function ssim(engine: Engine, p: Tensor, y: Tensor): Tensor {
  const [a, b] = [p, y].map((x) => planes(engine, x))
  const blur = blurOf(engine, a)
  const [meanA, meanB] = [blur(a), blur(b)]
  const [squareA, squareB] = [meanA, meanB].map((x) => raw.square(engine, x))
  const product = raw.multiply(engine, meanA, meanB)
  const spread = (x: Tensor, z: Tensor, means: Tensor): Tensor =>
    raw.subtract(engine, blur(raw.multiply(engine, x, z)), means)
  const twice = (x: Tensor, c: number): Tensor =>
    raw.add(engine, raw.scale(engine, x, 2), engine.scalar(c))
  const sum = (x: Tensor, z: Tensor, c: number): Tensor =>
    raw.add(engine, raw.add(engine, x, z), engine.scalar(c))
  const above = raw.multiply(engine, twice(product, C1), twice(spread(a, b, product), C2))
  const variances = sum(spread(a, a, squareA), spread(b, b, squareB), C2)
  const below = raw.multiply(engine, sum(squareA, squareB, C1), variances)
  return raw.mean(engine, raw.divide(engine, above, below), [0, 1, 2, 3, 4])
}

/** A weighted mean over windows of planes [N, 1, H, W, 1]; those that reach beyond them are left out. */
function blurOf(engine: Engine, { shape }: Tensor): (x: Tensor) => Tensor {
  const most = Math.min(shape[2], shape[3])
  const taps = Math.min(WINDOW.taps, most % 2 === 0 ? most - 1 : most)
  const middle = (taps - 1) / 2
  const weights = Float32Array.from({ length: taps }, (_, i) =>
    Math.exp(-((i - middle) ** 2) / (2 * WINDOW.deviation ** 2)),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const window = weights.map((weight) => weight / total)
  const tape = new Tape(engine)
  const none = [0, 0] as const
  const once = { stride: [1, 1, 1], padding: [none, none, none] } as const
  const down = engine.tensor(window, [1, taps, 1, 1, 1])
  const across = engine.reshape(down, [1, 1, taps, 1, 1])
  return (x) => {
    const y = conv(tape, x, down, { ...once, kernel: [1, taps, 1] })
    return conv(tape, y, across, { ...once, kernel: [1, 1, taps] })
  }
}

/** [B, H, W, K] -> [B K, 1, H, W, 1] */
function planes(engine: Engine, x: Tensor): Tensor {
  const [b, h, w, k] = x.shape
  return engine.reshape(raw.transpose(engine, x, [0, 3, 1, 2]), [b * k, 1, h, w, 1])
}

/** g of `sharpness`, [B, H - 1, W - 1, K] */
function changes(engine: Engine, x: Tensor): Tensor {
  const [b, h, w, k] = x.shape
  const [down, across] = [1, 2].map((axis) => raw.abs(engine, differences(engine, x, axis)))
  const inner = [b, h - 1, w - 1, k]
  return raw.add(
    engine,
    raw.slice(engine, down, [0, 0, 1, 0], inner),
    raw.slice(engine, across, [0, 1, 0, 0], inner),
  )
}

/** The mean over pixels and colours: [B, H, W, 3 F] -> [B, F] */
function perPicture(engine: Engine, x: Tensor): Tensor {
  const [b, h, w, k] = x.shape
  return raw.mean(engine, engine.reshape(x, [b, h, w, k / 3, 3]), [1, 2, 4])
}

/** The mean of 10 log10(1 / error). */
function decibels(engine: Engine, errors: Tensor): Tensor {
  const floored = raw.maximum(engine, errors, engine.scalar(LEAST_ERROR))
  const logs = engine.op('Log', [floored], [attribute.type('T', errors.dtype)])
  return raw.scale(engine, raw.mean(engine, logs, [0, 1]), -10 / Math.LN10)
}
