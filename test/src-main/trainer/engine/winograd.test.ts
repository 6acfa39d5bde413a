import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { shouldUseKernels } from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'
import { convolutions, gradients, type Case } from './winograd-cases.ts'

/** The kernels are held against TensorFlow's convolutions in float64. */
let engine: Engine
let exact: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
  exact = engine.inDoublePrecision()
})

const image = (x: Case['x'], outputs: number): Case => ({ x, outputs, taps: [1, 3, 3] })
const time = (x: Case['x'], outputs: number): Case => ({ x, outputs, taps: [3, 1, 1] })

const volume = (x: Case['x'], outputs: number): Case => ({ x, outputs, taps: [3, 3, 3] })

const cases: Record<string, Case> = {
  'images of whole tiles': image([2, 3, 8, 12, 32], 48),
  'images that end within a tile': image([1, 2, 7, 9, 16], 32),
  'images smaller than a tile': image([3, 2, 1, 3, 32], 16),
  'a remainder of channels': image([2, 1, 13, 6, 45], 50),
  'few channels': image([1, 5, 6, 5, 3], 7),
  'many channels of one small image': image([1, 1, 7, 7, 256], 460),
  'more channels and tiles than are transformed at once': image([1, 8, 14, 14, 1024], 64),
  'more outputs than caches keep': image([1, 8, 56, 56, 16], 176),
  'several chunks and panels': image([1, 2, 14, 14, 144], 230),
  'more tiles than a batch of the filter gradient': image([1, 3, 40, 44, 64], 144),
  'clips of whole tiles': time([2, 8, 5, 4, 48], 64),
  'clips that end within a tile': time([1, 5, 3, 5, 45], 50),
  'clips smaller than a tile': time([2, 3, 4, 4, 144], 17),
  'clips of many channels': time([1, 4, 7, 7, 576], 256),
  'more positions than a batch of the filter gradient': time([1, 8, 30, 32, 144], 64),
  'volumes of whole tiles': volume([2, 3, 8, 4, 32], 48),
  'volumes of single frames': volume([3, 1, 5, 6, 40], 33),
  'volumes of two frames, of many channels': volume([1, 2, 7, 7, 192], 384),
  'volumes of so many tiles that each product is taken alone': volume([2, 5, 26, 29, 45], 50),
  'more volumes than are transformed at once': volume([3, 8, 28, 28, 64], 96),
}

describe.runIf(shouldUseKernels)("Winograd's convolutions in float32", () => {
  it('are there', () => expect(engine.kernels.winograd).toBe(true))

  it.each(Object.entries(cases))('agree with double precision: %s', (_, of) => {
    const ours = convolutions(engine, of)
    const theirs = gradients(exact, of)
    for (const name of ['y', 'dx', 'dw'] as const) {
      expect(relativeError(ours[name], theirs[name]), name).toBeLessThan(TOLERANCE)
    }
  })

  it('are those that a convolution takes', () => {
    for (const name of [
      'images that end within a tile',
      'volumes of so many tiles that each product is taken alone',
    ]) {
      expect(gradients(engine, cases[name])).toEqual(convolutions(engine, cases[name]))
    }
  })

  it('give the same bits on one core as on all', () => {
    const script = new URL('./winograd-bits.ts', import.meta.url).pathname
    const run = (...command: string[]): string =>
      execFileSync(command[0], [...command.slice(1), script], { encoding: 'utf8' })
    const onAll = run(process.execPath)
    expect(onAll).toMatch(/^[0-9a-f]{64}\n$/)
    expect(run('taskset', '-c', firstCore(), process.execPath)).toBe(onAll)
  })

  it('refuse taps and shapes that do not fit', () => {
    const x = [1, 2, 4, 4, 8]
    expect(() => convolutions(engine, { x, outputs: 8, taps: [1, 3, 1] })).toThrow(/taps must be/)
    expect(() => convolutions(engine, { x, outputs: 8, taps: [1, 3, 3], inputs: 9 })).toThrow(
      /channels of x and w do not fit/,
    )
  })
})

/** Of the norm of the error to the norm of the result. */
const TOLERANCE = 1e-5

/** A core that this process may use. */
function firstCore(): string {
  const list = execFileSync('taskset', ['-cp', `${process.pid}`], { encoding: 'utf8' })
  return /: (\d+)/.exec(list)![1]
}
