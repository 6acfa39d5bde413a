import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { Entry } from '../models/blueprint.ts'
import { networkState, type Encoder } from '../models/encoder.ts'
import type { StateDict } from '../models/weights.ts'
import { findPrefix } from './find-prefix.ts'
import { WeightsError } from './weights-error.ts'
import type { WeightsTable } from './weights-table.ts'

/** How a file of weights met an encoder. */
export interface WeightsReport {
  /** What the names began with and the encoder's do not. */
  prefix: string
  /** Tensors taken. */
  taken: number
  /** Of the head, which stays as it was. */
  missing: string[]
  /** Tensors of the same table that the encoder has no place for, by their full names. */
  unexpected: string[]
  /** Tensors that cannot be read, with what they are made of, such as `ids (torch.uint16)`. */
  unreadable: string[]
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
export function fitWeights(encoder: Encoder, weights: WeightsTable): WeightsReport {
  const { model, projectionSize } = encoder
  const { state, report } = takeWeights({ model, projectionSize }, weights)
  const own = report.missing.length > 0 ? encoder.stateDict() : new Map()
  for (const name of report.missing) state.set(name, own.get(name)!)
  encoder.loadStateDict(state)
  return report
}

/**
 * Finds the weights of an encoder in a file, wherever their table stands and whatever prefix its
 * names have (`module.`, `encoder_q.0.`, `backbone.`, `query.` …), as long as it is clear which is
 * meant. The head may be missing or another. Only what is taken is read, so a file that claims to be
 * large costs no more than the encoder.
 * @throws WeightsError when the encoder's weights are not there, or there more than once, or of
 * another shape, or not all of them are numbers
 */
export function takeWeights(
  { model, projectionSize }: Pick<PretrainConfig, 'model' | 'projectionSize'>,
  weights: WeightsTable,
): TakenWeights {
  const { entries, trunkEntries } = networkState(model, projectionSize)
  const [trunk, head] = [entries.slice(0, trunkEntries), entries.slice(trunkEntries)]
  const prefix = findPrefix(weights, trunk, model)
  const sameHead = head.every(
    ({ name, shape }) => weights.shapes.get(prefix + name)?.join() === shape.join(),
  )
  const taken = sameHead ? entries : trunk
  taken.forEach((entry) => checkShape(entry, prefix, weights))
  const used = new Set(taken.map(({ name }) => prefix + name))
  const place = prefix.slice(0, prefix.indexOf('/') + 1)
  return {
    state: new Map(
      taken.map(({ name, shape }) => [
        name,
        { shape: [...shape], data: finite(prefix + name, weights.read(prefix + name)) },
      ]),
    ),
    report: {
      prefix,
      taken: used.size,
      missing: sameHead ? [] : head.map(({ name }) => name),
      unexpected: [...weights.shapes.keys()].filter(
        (name) => name.startsWith(place) && !used.has(name),
      ),
      unreadable: [...weights.unreadable].map(([name, type]) => `${name} (${type})`),
    },
  }
}

function checkShape({ name, shape }: Entry, prefix: string, { shapes }: WeightsTable): void {
  const found = shapes.get(prefix + name)!
  if (found.join() === shape.join()) return
  throw new WeightsError(
    `'${prefix}${name}' has the shape [${found.join(', ')}], the encoder needs [${shape.join(', ')}]. Choose the model it was saved from.`,
  )
}

/** One value that is no number makes every feature none. */
function finite(name: string, data: Float32Array): Float32Array {
  const at = data.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return data
  throw new WeightsError(
    `'${name}' holds ${data[at]} at position ${at}: the run it is from diverged, or the file is ` +
      'damaged. Take an earlier checkpoint.',
  )
}
