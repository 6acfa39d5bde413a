import type { Encoder } from '../models/encoder.ts'
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

/**
 * Loads a table of weights into an encoder, whatever prefix its names have (`module.`,
 * `encoder_q.`, `backbone.`, `query.` …), as long as it is clear which is meant. The head may be
 * missing or another; the encoder then keeps its own.
 * @returns what was taken and what was not
 * @throws WeightsError when the encoder's weights are not there, or there more than once
 * @throws StateError when a weight has another shape
 */
export function fitWeights(encoder: Encoder, state: StateDict): WeightsReport {
  const { entries } = encoder.weights
  const trunk = entries.filter(({ name }) => !encoder.isHead(name)).map(({ name }) => name)
  const prefix = findPrefix(state, trunk, encoder.model)
  const given = (name: string) => state.get(prefix + name)
  const sameHead = entries
    .filter(({ name }) => encoder.isHead(name))
    .every(({ name, shape }) => given(name)?.shape.join() === shape.join())
  const before = sameHead ? null : encoder.stateDict()
  const taken: StateDict = new Map()
  for (const { name } of entries) {
    taken.set(name, (before && encoder.isHead(name) ? before.get(name) : given(name))!)
  }
  encoder.loadStateDict(taken)
  const own = entries.map(({ name }) => name)
  const left = sameHead ? [] : own.filter((name) => encoder.isHead(name))
  const used = new Set(own.filter((name) => !left.includes(name)).map((name) => prefix + name))
  return {
    prefix,
    taken: used.size,
    missing: left,
    unexpected: [...state.keys()].filter((name) => !used.has(name)),
  }
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
