import {
  hyperParameters,
  type HyperParameter,
  type HyperParameterName,
  type PretrainConfig,
} from './hyper-parameters.ts'

/** A configuration value that cannot be used; the message states the fact and the remedy. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const rows = Object.entries(hyperParameters) as [HyperParameterName, HyperParameter][]

/** Every hyper-parameter at its default. */
export function defaultConfig(): PretrainConfig {
  return Object.fromEntries(rows.map(([name, row]) => [name, row.default])) as PretrainConfig
}

/**
 * Fills what is missing from the defaults and checks every value against the table.
 * @throws ConfigError for an unknown name, a wrong type, a value out of range, a queue that is not a
 * multiple of the batch, or a batch that shuffled batch norm cannot divide into groups.
 */
export function completeConfig(partial: Record<string, unknown>): PretrainConfig {
  const config: Record<string, unknown> = defaultConfig()
  for (const [name, value] of Object.entries(partial)) {
    if (value !== undefined) config[name] = checkedValue(name, value)
  }
  const complete = config as PretrainConfig
  if (complete.queue % complete.batch !== 0) {
    throw new ConfigError(
      `queue is ${complete.queue} and batch is ${complete.batch}: make queue a multiple of batch.`,
    )
  }
  if (complete.shuffleBN && complete.batch % 8 !== 0) {
    throw new ConfigError(
      `batch is ${complete.batch} and shuffleBN works on groups of 8: make batch a multiple of 8, or turn shuffleBN off.`,
    )
  }
  return complete
}

/**
 * Reads `key=value` as given to `--set`.
 * @throws ConfigError for a malformed pair or a value the table refuses.
 */
export function parseAssignment(text: string): [HyperParameterName, number | string | boolean] {
  const [, name, raw] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || raw === undefined) {
    throw new ConfigError(`Expected key=value, got '${text}'.`)
  }
  const row = rowOf(name)
  const value =
    row.type === 'choice'
      ? raw
      : row.type === 'flag'
        ? parseFlag(raw)
        : raw === ''
          ? NaN
          : Number(raw)
  return [name as HyperParameterName, checkedValue(name, value)]
}

function parseFlag(raw: string): boolean | string {
  return raw === 'true' ? true : raw === 'false' ? false : raw
}

function rowOf(name: string): HyperParameter {
  const row = rows.find(([known]) => known === name)?.[1]
  if (!row) {
    throw new ConfigError(
      `There is no hyper-parameter '${name}'. Known: ${rows.map(([known]) => known).join(', ')}.`,
    )
  }
  return row
}

function checkedValue(name: string, value: unknown): number | string | boolean {
  const row = rowOf(name)
  if (row.type === 'choice') {
    if (typeof value === 'string' && row.choices.includes(value)) return value
    throw new ConfigError(`${name} is ${JSON.stringify(value)}: choose ${row.choices.join(', ')}.`)
  }
  if (row.type === 'flag') {
    if (typeof value === 'boolean') return value
    throw new ConfigError(`${name} is ${JSON.stringify(value)}: choose true or false.`)
  }
  const whole = row.type === 'int'
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (!whole || Number.isInteger(value)) &&
    value >= row.min &&
    value <= row.max
  if (fits) return value
  const kind = whole ? 'a whole number' : 'a number'
  throw new ConfigError(
    `${name} is ${String(value)}: expected ${kind} from ${row.min} to ${row.max}.`,
  )
}
