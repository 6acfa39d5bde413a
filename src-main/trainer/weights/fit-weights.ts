import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { Entry } from '../models/blueprint.ts'
import { networkState, type Encoder } from '../models/encoder.ts'
import type { StateDict } from '../models/weights.ts'
import { WeightsError } from './weights-error.ts'

/** Last parts of prefixes that mark a copy of the encoder beside the trained one. */
const COPIES = [
  'encoder_k',
  'key',
  'momentum_encoder',
  'encoder_m',
  'teacher',
  'target',
  'momentum',
]

/** How a file of weights met an encoder. */
export interface WeightsReport {
  /** What the names began with and the encoder's do not. */
  prefix: string
  /** Tensors taken. */
  taken: number
  /** Of the head, which stays as it was. */
  missing: string[]
  /** Tensors of the file that the encoder has no place for, by their full names. */
  unexpected: string[]
}

export interface TakenWeights {
  /** Under the encoder's own names; without the head where the file has another or none. */
  state: StateDict
  report: WeightsReport
}

/**
 * Loads a table of weights into an encoder as `takeWeights` finds them; where the head is not among
 * them, the encoder keeps its own.
 * @returns what was taken and what was not
 * @throws as `takeWeights`
 */
export function fitWeights(encoder: Encoder, weights: StateDict): WeightsReport {
  const { model, projectionSize } = encoder
  const { state, report } = takeWeights({ model, projectionSize }, weights)
  const own = report.missing.length > 0 ? encoder.stateDict() : new Map()
  for (const name of report.missing) state.set(name, own.get(name)!)
  encoder.loadStateDict(state)
  return report
}

/**
 * Finds the weights of an encoder in a table, whatever prefix its names have (`module.`,
 * `encoder_q.`, `backbone.`, `query.` …), as long as it is clear which is meant. The head may be
 * missing or another.
 * @throws WeightsError when the encoder's weights are not there, or there more than once, or of another shape
 */
export function takeWeights(
  { model, projectionSize }: Pick<PretrainConfig, 'model' | 'projectionSize'>,
  weights: StateDict,
): TakenWeights {
  const { entries, trunkEntries } = networkState(model, projectionSize)
  const [trunk, head] = [entries.slice(0, trunkEntries), entries.slice(trunkEntries)]
  const names = trunk.map(({ name }) => name)
  const prefix = findPrefix(weights, names, model)
  const sameHead = head.every(
    ({ name, shape }) => weights.get(prefix + name)?.shape.join() === shape.join(),
  )
  const taken = sameHead ? entries : trunk
  taken.forEach((entry) => checkShape(entry, prefix, weights))
  const used = new Set(taken.map(({ name }) => prefix + name))
  return {
    state: new Map(taken.map(({ name }) => [name, weights.get(prefix + name)!])),
    report: {
      prefix,
      taken: used.size,
      missing: sameHead ? [] : head.map(({ name }) => name),
      unexpected: [...weights.keys()].filter((name) => !used.has(name)),
    },
  }
}

function checkShape({ name, shape }: Entry, prefix: string, weights: StateDict): void {
  const found = weights.get(prefix + name)!.shape
  if (found.join() === shape.join()) return
  throw new WeightsError(
    `'${prefix}${name}' has the shape [${found.join(', ')}], the encoder needs [${shape.join(', ')}]. Choose the model it was saved from.`,
  )
}

function findPrefix(state: StateDict, trunk: string[], model: string): string {
  const [first] = trunk
  const ends = [...state.keys()].filter((name) => name === first || name.endsWith(`.${first}`))
  const prefixes = ends
    .map((name) => name.slice(0, -first.length))
    .filter((prefix) => trunk.every((name) => state.has(prefix + name)))
  const originals = prefixes.filter((prefix) => !COPIES.includes(lastPart(prefix)))
  const meant = originals.length > 0 ? originals : prefixes
  if (meant.length === 1) return meant[0]
  if (meant.length > 1) {
    throw new WeightsError(
      `The file has ${model} more than once (${meant.map((p) => `'${p}'`).join(', ')}): save the one that is meant alone.`,
    )
  }
  throw new WeightsError(missing(state, trunk, ends, model))
}

function missing(state: StateDict, trunk: string[], ends: string[], model: string): string {
  const prefix = ends.length > 0 ? ends[0].slice(0, -trunk[0].length) : ''
  const absent = trunk.find((name) => !state.has(prefix + name))
  const names = [...state.keys()].slice(0, 3).join(', ')
  return `The file has no '${absent}' of ${model}; it has ${state.size} tensors (${names} …). Choose the model it was saved from.`
}

function lastPart(prefix: string): string {
  return prefix.split('.').at(-2) ?? ''
}
