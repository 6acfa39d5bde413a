// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { METHODS } from '#shared/methods/index.ts'
import { outcomeOf, passes, relativeError, SkipCheck, type Check } from '#main/selftest/check.ts'
import { allChecks } from '#main/selftest/checks/index.ts'
import { lossError } from '#main/selftest/checks/methods.ts'
import { readGoldenSteps } from '#main/selftest/golden.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import type { Tensor } from '#main/trainer/engine/tensor.ts'

vi.setConfig({ testTimeout: 600_000 })

const checks = allChecks()
const named = (id: string): Check => checks.find((check) => check.id === id)!

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** TensorFlow as a device would have it that adds a little to what one op gives. */
function faulty(name: string): Engine {
  const wrong = Object.create(engine) as Engine
  wrong.op = (op, inputs, attributes): Tensor => {
    const output = engine.op(op, inputs, attributes)
    if (op !== name) return output
    const more = engine.scalar(1.01)
    return engine.op(
      'Mul',
      [output, engine.cast(more, output.dtype)],
      [attributes!.find((a) => a.name === 'T')!],
    )
  }
  return wrong
}

describe('the self-test', () => {
  it('has a name of its own for each check, and checks every method in both precisions', () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
    for (const method of METHODS) {
      expect(named(`methods/${method}/float32`)).toBeDefined()
      expect(named(`methods/${method}/bfloat16`)).toBeDefined()
    }
    expect(readGoldenSteps().length).toBeGreaterThan(0)
    const steps = checks.filter(({ id }) => id.startsWith('steps/'))
    expect(steps).toHaveLength(2 * readGoldenSteps().length)
  })

  it.each(['masks/tree', 'networks/r3d_18/float32', ...METHODS.map((m) => `methods/${m}/float32`)])(
    'passes %s here',
    async (id) => {
      const outcome = await outcomeOf(named(id), { engine: () => Promise.resolve(engine) })
      expect(outcome).toMatchObject({ state: 'passed', reason: null })
      expect(outcome.findings.length).toBeGreaterThan(1)
    },
  )

  it('finds a step of byol right, and one per cent more in one op wrong', async () => {
    const step = named('steps/byol/r3d_18/float32')
    const right = await outcomeOf(step, { engine: () => Promise.resolve(engine) })
    expect(right).toMatchObject({ state: 'passed', reason: null })
    const wrong = await outcomeOf(step, { engine: () => Promise.resolve(faulty('MatMul')) })
    expect(wrong.state).toBe('failed')
    const beyond = wrong.findings.filter(({ error, limit }) => error > limit)
    expect(beyond.map(({ what }) => what)).toContainEqual(expect.stringContaining('gradients'))
  })
})

describe('the error of a first loss', () => {
  it.each([
    [2.02, 2, 0.01],
    [-1.02, -1, 0.02],
    [0.001, 0, 0.01],
  ])('of %d where %d is exact is %d', (loss, exact, error) => {
    expect(lossError(loss, exact)).toBeCloseTo(error, 10)
  })
})

describe('an outcome', () => {
  const check = (run: Check['run']): Check => ({ id: 'a', title: 'A', precision: null, run })
  const context = { engine: () => Promise.resolve(engine) }

  it('has the reason of what threw, and is skipped where the check does not apply', async () => {
    const throws = (error: Error) =>
      outcomeOf(
        check(() => Promise.reject(error)),
        context,
      )
    expect(await throws(new Error('no kernel'))).toMatchObject({
      state: 'failed',
      reason: 'no kernel',
    })
    expect(await throws(new SkipCheck('no units'))).toMatchObject({ state: 'skipped' })
  })

  it('takes what is no number as wrong', () => {
    expect(passes([{ what: '', error: NaN, limit: 1, detail: null }])).toBe(false)
    expect(relativeError([NaN], [1])).toBe(Infinity)
    expect(relativeError([0, 0], [0, 0])).toBe(0)
    expect(relativeError([1], [1, 2])).toBe(Infinity)
    expect(relativeError([1.1], [1])).toBeCloseTo(0.1)
  })
})
