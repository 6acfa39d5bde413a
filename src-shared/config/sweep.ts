import { DEFAULT_METHOD, methodNamed } from '../methods/index.ts'
import type { Values } from '../methods/method.ts'
import { ConfigError } from '../settings/check.ts'
import { presentNames } from './old-settings.ts'
import { settingsFor } from './presets.ts'
import { completeConfig, settingsOf } from './pretrain-config.ts'

type Value = number | string | boolean

/** Settings to try: every combination of the listed values, each with every seed. */
export interface Sweep {
  /** Values of each hyper-parameter that is swept, by its name. */
  grid: Record<string, readonly Value[]>
  /** Left out: the seed of the settings. */
  seeds?: readonly number[]
}

export interface SweepRun {
  /** `beta 0.3, seed 2`: what sets it apart within the sweep. */
  label: string
  values: Record<string, Value>
}

/** Runs of a sweep at most. */
export const LARGEST_SWEEP = 200

/**
 * The runs of a sweep: the last hyper-parameter changes fastest, seeds before it.
 * @param base settings that all of them share
 * @throws ConfigError for an unknown name, a value that the table refuses, an empty or a repeated
 * list, or more than 200 runs
 */
export function sweepRuns(base: Values, { grid, seeds }: Sweep): SweepRun[] {
  const axes = [...Object.entries(presentNames(grid)), ...(seeds ? [['seed', seeds] as const] : [])]
  for (const [name, values] of axes) checkAxis(name, values)
  const count = axes.reduce((product, [, values]) => product * values.length, 1)
  if (count > LARGEST_SWEEP) {
    throw new ConfigError(
      `A sweep of ${count} runs is more than ${LARGEST_SWEEP}: list fewer values.`,
    )
  }
  const combinations = axes.reduce<Record<string, Value>[]>(
    (runs, [name, values]) =>
      runs.flatMap((run) => values.map((value) => ({ ...run, [name]: value }))),
    [{}],
  )
  return combinations.map((values) => {
    const { method = base.method } = values
    const shared = method === base.method ? base : carriedOver(base, String(method))
    completeConfig({ ...shared, ...values })
    const parts = Object.entries(values).map(([name, value]) => `${name} ${value}`)
    return { label: parts.join(', '), values }
  })
}

/** Settings under another method: where that has defaults of its own, values nobody changed are not kept. */
function carriedOver(base: Values, method: string): Values {
  const before = settingsOf(String(base.method ?? DEFAULT_METHOD))
  const own = [base.method ?? DEFAULT_METHOD, method].flatMap((name) =>
    Object.keys(methodNamed(String(name)).defaults ?? {}),
  )
  const kept = Object.entries(base).filter(
    ([name, value]) => !own.includes(name) || before[name]?.default !== value,
  )
  return settingsFor(method, Object.fromEntries(kept))
}

function checkAxis(name: string, values: readonly Value[]): void {
  if (values.length === 0) throw new ConfigError(`${name} has no values to try: list at least one.`)
  const twice = values.find((value, i) => values.indexOf(value) !== i)
  if (twice !== undefined) throw new ConfigError(`${name} lists ${twice} twice: list it once.`)
}
