import { createHash } from 'node:crypto'
import { completeConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import { presetOf } from '#shared/config/presets.ts'
import { METHODS, methodNamed, viewsOf, type MethodName } from '#shared/methods/index.ts'
import { phaseAt } from '#shared/methods/phases.ts'
import { encoders } from '#shared/encoders/index.ts'
import type { AnyConfig, Values } from '#shared/methods/method.ts'
import { drawn } from '#shared/random/drawn.ts'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import { drawAnswers } from '../../trainer/loader/answers.ts'
import { createLearner } from '../../trainer/methods/index.ts'
import type { BatchPlace } from '../../trainer/methods/learner.ts'
import { Training, type Metrics } from '../../trainer/training/training.ts'
import type { Check } from '../check.ts'
import type { Finding } from '../report.ts'

type Precision = 'float32' | 'bfloat16'

const STEPS = 3
const BATCH = 4
/** Small clips of noise: what is compared is the device with itself. */
const SMALL = { frames: 8, size: 32, lr: 0.02 }
/** Errors of smaller losses are measured against this: some methods start at nearly 0. */
const SMALLEST = 0.1
/** Relative errors of the first loss against float64 on the same device. */
const limits = { float32: 1e-3, bfloat16: 0.1 }

/**
 * A few steps of every method, as it trains on the sample set but on small clips: twice from the same
 * seed they must agree to the bit and leave no tensor behind, and the first loss must be that of
 * TensorFlow's own ops in float64.
 */
export function methodChecks(precision: Precision): Check[] {
  return METHODS.map((method) => ({
    id: `methods/${method}/${precision}`,
    title: `Steps of ${methodNamed(method).label}, repeated`,
    precision,
    run: async (context) => ({ findings: compareRuns(await context.engine(), method) }),
  }))
}

interface FewSteps {
  losses: number[]
  hash: string
  /** Tensors that the last step left alive. */
  left: number
}

function compareRuns(engine: Engine, method: MethodName): Finding[] {
  const { precision } = engine.info
  const config = smallConfig(method, { batch: BATCH, precision })
  const first = fewSteps(engine, config)
  const second = fewSteps(engine, config)
  const exact = fewSteps(engine.inDoublePrecision(), config, 1)
  const differs = first.losses.findIndex((loss, i) => !Object.is(loss, second.losses[i]))
  return [
    {
      what: `${STEPS} steps twice from one seed, to the bit`,
      error: first.hash === second.hash && differs < 0 ? 0 : 1,
      limit: 0,
      detail:
        differs < 0
          ? null
          : `loss ${differs + 1}: ${first.losses[differs]} and ${second.losses[differs]}`,
    },
    {
      what: 'first loss against float64 on this device, relative error',
      error: lossError(first.losses[0], exact.losses[0]),
      limit: limits[precision],
      detail: `${first.losses[0]}, in float64 ${exact.losses[0]}`,
    },
    { what: 'tensors that a step leaves behind', error: first.left, limit: 0, detail: null },
  ]
}

/** Relative to the size of the exact loss, which some methods have below 0. */
export function lossError(loss: number, exact: number): number {
  return Math.abs(loss - exact) / Math.max(Math.abs(exact), SMALLEST)
}

/**
 * The method as it trains on the sample set, on clips as small as its encoder takes.
 * @param changes the batch among them
 */
export function smallConfig(method: MethodName, changes: Values & { batch: number }): AnyConfig {
  const { values } = presetOf({ recipe: 'sample', method, merge: 'none', size: 'cpu' })
  const { least } = encoders[completeConfig(values).model]
  const clips = {
    frames: Math.max(SMALL.frames, least?.frames ?? 0),
    size: Math.max(SMALL.size, least?.size ?? 0),
  }
  const own = 'queue' in settingsOf(method) ? { queue: 8 * changes.batch } : {}
  return completeConfig({ ...values, ...SMALL, ...clips, ...own, ...changes })
}

function fewSteps(engine: Engine, config: AnyConfig, steps = STEPS): FewSteps {
  const training = new Training(engine, createLearner(engine, config), config)
  try {
    const counts: number[] = []
    const metrics = Array.from({ length: steps }, (_, step): Metrics => {
      const measured = training.accumulate(noiseViews(config, step), placeAt(config, step))
      training.finishStep(config.lr)
      counts.push(engine.tensorCount)
      return measured
    })
    const [before = 0, last = 0] = counts.slice(-2)
    const left = counts.length < 2 ? 0 : last - before
    return { losses: metrics.map(({ loss }) => loss), hash: hashOf(training), left }
  } finally {
    training.dispose()
  }
}

function hashOf(training: Training): string {
  const hash = createHash('sha256')
  for (const [name, { data }] of training.stateDict()) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}

/** A step in the first epoch of a run, and in its first phase, with answers as a run draws them. */
export function placeAt(config: AnyConfig, step: number): BatchPlace {
  const at = { step, steps: 100, batch: step, epoch: 0 }
  const { phase, from } = phaseAt(config, step, at.steps)
  const sources = Array.from({ length: config.batch }, (_, i) => config.batch * step + i)
  const answers = drawAnswers(config, new Rng(step))
  const { name, freshOptimiser } = phase
  return { ...at, phase: { name, from, freshOptimiser }, sources, answers }
}

/** Noisy copies of the same noise, one for each view; another noise in each step. */
export function noiseViews(config: AnyConfig, step: number): Float32Array[] {
  const rng = new Rng(100 + step)
  const length = config.batch * config.frames * config.size ** 2 * 3
  const x = drawn(length, () => rng.normal())
  return viewsOf(config).map(() => x.map((value) => value + 0.3 * rng.normal()))
}
