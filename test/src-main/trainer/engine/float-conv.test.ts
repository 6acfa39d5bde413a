import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { conv } from '#main/trainer/engine/ops/conv.ts'
import type { ConvGeometry, Triple } from '#main/trainer/engine/ops/conv-geometry.ts'
import { floatKernels } from '#main/trainer/engine/ops/float-conv.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import { Rng } from '#shared/random/rng.ts'
import { shouldUseKernels } from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'

/** The kernels are held against TensorFlow's convolutions in float64. */
let engine: Engine
let exact: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
  exact = engine.inDoublePrecision()
})

interface Case {
  x: readonly number[]
  outputs: number
  kernel: Triple
  stride: Triple
  /** Zeros before and after, along time, height and width. */
  padding: ConvGeometry['padding']
}

const none = [0, 0] as const
const one = [1, 1] as const
const alone: Triple = [1, 1, 1]

const cases: Record<string, Case> = {
  'the stem of R(2+1)D': {
    x: [2, 3, 20, 21, 3],
    outputs: 45,
    kernel: [1, 7, 7],
    stride: [1, 2, 2],
    padding: [none, [3, 3], [3, 3]],
  },
  'the stem of I3D': {
    x: [1, 9, 14, 14, 3],
    outputs: 20,
    kernel: [7, 7, 7],
    stride: [2, 2, 2],
    padding: [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
  },
  'images, with a remainder in everything': {
    x: [1, 3, 9, 11, 45],
    outputs: 230,
    kernel: [1, 3, 3],
    stride: alone,
    padding: [none, one, one],
  },
  'many channels of small images': {
    x: [1, 2, 4, 4, 130],
    outputs: 921,
    kernel: [1, 3, 3],
    stride: alone,
    padding: [none, one, one],
  },
  'images by strides': {
    x: [2, 2, 13, 10, 33],
    outputs: 17,
    kernel: [1, 3, 3],
    stride: [1, 2, 2],
    padding: [none, one, one],
  },
  'strides that leave a rest': {
    x: [2, 6, 12, 10, 5],
    outputs: 7,
    kernel: [2, 3, 2],
    stride: [3, 2, 3],
    padding: [none, none, [1, 0]],
  },
  'frames over time': {
    x: [2, 5, 6, 7, 48],
    outputs: 64,
    kernel: [3, 1, 1],
    stride: alone,
    padding: [one, none, none],
  },
  'frames over time by strides': {
    x: [1, 7, 5, 5, 20],
    outputs: 9,
    kernel: [3, 1, 1],
    stride: [2, 1, 1],
    padding: [one, none, none],
  },
  'one frame over time': {
    x: [3, 1, 3, 3, 16],
    outputs: 16,
    kernel: [3, 1, 1],
    stride: alone,
    padding: [one, none, none],
  },
  'single places': {
    x: [2, 3, 7, 9, 40],
    outputs: 51,
    kernel: alone,
    stride: alone,
    padding: [none, none, none],
  },
  'single places by strides, which leave some out': {
    x: [1, 5, 8, 9, 24],
    outputs: 32,
    kernel: alone,
    stride: [2, 2, 2],
    padding: [none, none, none],
  },
  volumes: {
    x: [2, 4, 7, 6, 19],
    outputs: 35,
    kernel: [3, 3, 3],
    stride: alone,
    padding: [one, one, one],
  },
  'volumes without zeros around': {
    x: [1, 4, 6, 9, 3],
    outputs: 8,
    kernel: [2, 2, 4],
    stride: alone,
    padding: [none, none, none],
  },
  'more positions than a round of sums takes': {
    x: [2, 6, 40, 40, 64],
    outputs: 64,
    kernel: [1, 1, 1],
    stride: alone,
    padding: [none, none, none],
  },
  'more lines than a round of sums takes, with zeros around': {
    x: [1, 2, 100, 100, 32],
    outputs: 24,
    kernel: [1, 3, 3],
    stride: alone,
    padding: [none, one, one],
  },
}

function noise(shape: readonly number[], seed: number): Float32Array {
  const rng = new Rng(seed)
  return Float32Array.from({ length: sizeOf(shape) }, () => rng.normal())
}

function shapesOf({ x, outputs, kernel, stride, padding }: Case): Record<'w' | 'dy', number[]> {
  const size = kernel.map(
    (k, i) => Math.floor((x[i + 1] + padding[i][0] + padding[i][1] - k) / stride[i]) + 1,
  )
  return { w: [...kernel, x[4], outputs], dy: [x[0], ...size, outputs] }
}

type Results = Record<'y' | 'dx' | 'dw', Float32Array>

function inDoublePrecision(of: Case): Results {
  const shapes = shapesOf(of)
  return exact.scope(() => {
    const tape = new Tape(exact)
    const x = exact.tensor(noise(of.x, 1), of.x)
    const w = exact.tensor(noise(shapes.w, 2), shapes.w)
    tape.watch([x, w])
    const y = conv(tape, x, w, of)
    const gradients = tape.backward(y, exact.tensor(noise(shapes.dy, 3), shapes.dy))
    const read = [y, gradients.get(x)!, gradients.get(w)!].map((t) => exact.read(t).slice())
    gradients.forEach((held) => exact.release(held))
    return { y: read[0], dx: read[1], dw: read[2] }
  })
}

function byKernels(of: Case): Results {
  const shapes = shapesOf(of)
  return engine.scope(() => {
    const x = engine.tensor(noise(of.x, 1), of.x)
    const w = engine.tensor(noise(shapes.w, 2), shapes.w)
    const dy = engine.tensor(noise(shapes.dy, 3), shapes.dy)
    const own = floatKernels(engine, x, w, of)
    const [y, dx, dw] = [own.forward(x), own.input(dy), own.filter(x, dy)]
    expect([y.shape, dx.shape, dw.shape]).toEqual([shapes.dy, of.x, shapes.w])
    return {
      y: engine.read(y).slice(),
      dx: engine.read(dx).slice(),
      dw: engine.read(dw).slice(),
    }
  })
}

describe.runIf(shouldUseKernels)('convolution over volumes in float32', () => {
  it.each(Object.entries(cases))('agrees with double precision: %s', (_, of) => {
    const theirs = inDoublePrecision(of)
    const ours = byKernels(of)
    for (const name of ['y', 'dx', 'dw'] as const) {
      expect(relativeError(ours[name], theirs[name]), name).toBeLessThan(1e-5)
    }
  })

  it('gives the same bits on one processor core as on several', () => {
    const cores = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))!
    const script = join(import.meta.dirname, 'conv-digest.ts')
    const digest = (...command: string[]): string => {
      const [program, ...args] = [...command, process.execPath, script]
      return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    }
    const several = digest()
    expect(several).toMatch(/^[0-9a-f]{64}$/)
    expect(digest('taskset', '-c', cores[1])).toBe(several)
  })
})
