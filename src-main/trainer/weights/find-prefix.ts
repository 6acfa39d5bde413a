import type { Entry } from '../networks/blueprint.ts'
import { WeightsError } from './weights-error.ts'
import type { WeightsTable } from './weights-table.ts'

/** Parts of prefixes that mark a copy of the encoder beside the trained one. */
const COPY =
  /^((encoder|backbone|model|net|network|branch)_(k|m|key|momentum|target|teacher|ema)|(key|momentum|target|teacher|ema)(_\w+)?|\w+_ema)$/i

/** Where training scripts keep the weights in what they save. */
const TABLES = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'weights']

/** Where an encoder's names begin in a file. */
interface Place {
  prefix: string
  /** How many of the encoder's tensors are there, and of the right shape. */
  names: number
  shapes: number
}

/**
 * What the names of an encoder's tensors begin with in a file, wherever its table stands. Copies of
 * the trained encoder are passed over where it is there too.
 * @throws WeightsError when the encoder is not there, or there more than once
 */
export function findPrefix(table: WeightsTable, trunk: readonly Entry[], model: string): string {
  const needed = trunk.filter(({ absent }) => absent === undefined)
  const places = [...prefixesOf(table, needed)].map((prefix) => placeAt(prefix, table, needed))
  const whole = places.filter(({ names }) => names === needed.length)
  if (whole.length === 0) throw new WeightsError(missing(table, needed, places, model))
  const meant = choose(whole)
  if (meant.length === 1) return meant[0].prefix
  throw new WeightsError(
    `The file has ${model} more than once (${meant.map(({ prefix }) => `'${prefix}'`).join(', ')}): ` +
      'save only the one that you mean.',
  )
}

/** Everything that stands before a name of the encoder. */
function prefixesOf(table: WeightsTable, trunk: readonly Entry[]): Set<string> {
  const prefixes = new Set<string>()
  // The first names are enough to find a whole encoder; more of them to say what one lacks.
  for (const { name } of trunk.slice(0, 8)) {
    for (const found of table.shapes.keys()) {
      const before = found.slice(0, -name.length || undefined)
      const ends = found.endsWith(name) && (before === '' || /[./]$/.test(before))
      if (ends) prefixes.add(before)
    }
  }
  return prefixes
}

function placeAt(prefix: string, table: WeightsTable, trunk: readonly Entry[]): Place {
  let names = 0
  let shapes = 0
  for (const { name, shape } of trunk) {
    const found = table.shapes.get(prefix + name)
    if (found === undefined) continue
    names++
    if (found.join() === shape.join()) shapes++
  }
  return { prefix, names, shapes }
}

/** The trained ones rather than copies, those that fit best, those in the usual place. */
function choose(places: readonly Place[]): Place[] {
  const trained = places.filter(({ prefix }) => !prefix.split(/[./]/).some((p) => COPY.test(p)))
  const candidates = trained.length > 0 ? trained : places
  const most = Math.max(...candidates.map(({ shapes }) => shapes))
  const fitting = candidates.filter(({ shapes }) => shapes === most)
  const usual = fitting.filter(({ prefix }) => TABLES.includes(prefix.split('/')[0]))
  return usual.length === 1 ? usual : fitting
}

function missing(
  { shapes, unreadable }: WeightsTable,
  trunk: readonly Entry[],
  places: readonly Place[],
  model: string,
): string {
  const [best] = places.toSorted((a, b) => b.names - a.names)
  const prefix = best?.prefix ?? ''
  const absent = trunk.find(({ name }) => !shapes.has(prefix + name))!.name
  const odd = unreadable.get(prefix + absent)
  if (odd !== undefined) {
    return `'${prefix + absent}' has the type ${odd}, which cannot be read. Save the weights as float32.`
  }
  const names = [...shapes.keys()].slice(0, 3).join(', ')
  const part = best ? `${best.names} of its ${trunk.length} tensors are there` : 'none is'
  return (
    `The file has no '${prefix + absent}' of ${model} (${part}); it has ${shapes.size} tensors ` +
    `(${names} …). Choose the model from which it was saved.`
  )
}
