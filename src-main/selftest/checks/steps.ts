import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS } from '#shared/methods/index.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import { createLearner } from '../../trainer/methods/index.ts'
import type { BatchPlace } from '../../trainer/methods/learner.ts'
import type { StateDict } from '../../trainer/networks/weights.ts'
import { Training } from '../../trainer/training/training.ts'
import type { Check } from '../check.ts'
import { formulaValues } from '../formulas.ts'
import {
  cornerViews,
  normalisedFrames,
  readGoldenSteps,
  type GoldenStep,
  type Limited,
  type Norms,
} from '../golden.ts'
import type { Finding } from '../report.ts'
import { watched } from '../watched.ts'

type Precision = 'float32' | 'bfloat16'

/** One training step of every method that has figures. */
export function stepChecks(precision: Precision): Check[] {
  return readGoldenSteps()
    .filter(({ method }) => METHODS.some((known) => known === method))
    .map((golden) => ({
      id: `steps/${golden.method}/${String(golden.settings.model)}/${precision}`,
      title: golden.title,
      precision,
      run: async (context) => ({ findings: compareStep(await context.engine(), golden) }),
    }))
}

const place = (step: number): BatchPlace => ({ step, steps: 100, batch: step, epoch: 0 })

function compareStep(engine: Engine, golden: GoldenStep): Finding[] {
  const { precision } = engine.info
  const config = completeConfig({ ...golden.settings, method: golden.method, seed: 1, precision })
  const watch = watched(createLearner(engine, config), { skipFirst: true })
  const { learner } = watch
  const training = new Training(engine, learner, golden.optimiser)
  try {
    const start = startOf(golden, learner.stateDict())
    learner.loadState(start)
    const views = viewsOf(golden)
    const metrics = training.accumulate(views, place(0))
    const ofGradients = gradientNorms(watch.gradients(), start, golden.gradients.decay)
    training.finishStep(golden.lr)
    const findings = [
      ...Object.entries(golden.metrics).flatMap(([name, figure]) =>
        metricFinding(name, metrics[name], figure, precision),
      ),
      ...normFinding('gradients', ofGradients, golden.gradients, precision),
      ...normFinding(
        'parameters after the step',
        normsOf(learner.stateDict()),
        golden.after,
        precision,
      ),
    ]
    if (!golden.next) return findings
    const { loss } = training.accumulate(views, place(1))
    return [
      ...findings,
      ...metricFinding('loss after the step', loss, golden.next.loss, precision),
      ...normFinding('moving averages', normsOf(learner.stateDict()), golden.next, precision),
    ]
  } finally {
    training.dispose()
  }
}

function startOf({ start }: GoldenStep, state: StateDict): StateDict {
  const given = start.map(({ name, shape, formula, k }) => {
    return [name, { shape, data: formulaValues(formula, { name, shape, k }) }] as const
  })
  return new Map([...state, ...given])
}

function viewsOf({ views }: GoldenStep): Float32Array[] {
  if (views === 'corners') return cornerViews()
  return [false, true].map((mirrored) => normalisedFrames({ mirrored }))
}

/** L2 norms of gradients, with those of a weight decay that the figures have in the loss. */
function gradientNorms(gradients: StateDict, start: StateDict, decay: number): Map<string, number> {
  if (decay === 0) return normsOf(gradients)
  const decayed = [...gradients].map(([name, { shape, data }]) => {
    if (shape.length < 2) return [name, { shape, data }] as const
    const weights = start.get(name)!.data
    return [name, { shape, data: data.map((value, i) => value + decay * weights[i]) }] as const
  })
  return normsOf(new Map(decayed))
}

function normsOf(state: StateDict): Map<string, number> {
  return new Map(
    [...state].map(([name, { data }]) => {
      let sum = 0
      for (let i = 0; i < data.length; i++) sum += data[i] * data[i]
      return [name, Math.sqrt(sum)]
    }),
  )
}

function limitOf(limits: readonly [number, number | null], precision: Precision): number | null {
  return precision === 'float32' ? limits[0] : limits[1]
}

function metricFinding(
  name: string,
  found: number | undefined,
  [expected, ...limits]: Limited,
  precision: Precision,
): Finding[] {
  const limit = limitOf(limits, precision)
  if (limit === null) return []
  const error = found === undefined ? Infinity : Math.abs(found / expected - 1)
  return [
    {
      what: `${name}, relative error`,
      error: finite(error),
      limit,
      detail: beside(found, expected),
    },
  ]
}

/**
 * Norms of at most a millionth of the largest are rounding noise, such as the gradients of offsets that a
 * batch normalisation takes out again, and count by that size.
 */
function normFinding(
  what: string,
  found: ReadonlyMap<string, number>,
  { l2, limits, share = 1 }: Norms & { share?: number },
  precision: Precision,
): Finding[] {
  const limit = limitOf(limits, precision)
  if (limit === null) return []
  const floor = 1e-6 * Math.max(...Object.values(l2))
  const errors = Object.entries(l2)
    .map(([name, expected]) => {
      const norm = found.get(name)
      const off = norm === undefined ? Infinity : Math.abs(norm - expected)
      const error = off <= floor ? 0 : finite((off - floor) / expected)
      return { error, detail: `${name}: ${beside(norm, expected)}` }
    })
    .sort((a, b) => a.error - b.error)
  const { error, detail } = errors[Math.min(errors.length - 1, Math.floor(share * errors.length))]
  const which = share === 1 ? 'largest' : 'median'
  return [
    { what: `norms of ${errors.length} ${what}, ${which} relative error`, error, limit, detail },
  ]
}

/** What is no number counts as infinitely wrong. */
function finite(error: number): number {
  return Number.isNaN(error) ? Infinity : error
}

function beside(found: number | undefined, expected: number): string {
  return `${found?.toPrecision(7) ?? 'missing'}, reference ${expected.toPrecision(7)}`
}
