import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { sizeOf } from '../engine/tensor.ts'
import type { Entry } from '../networks/blueprint.ts'
import { encoderEntries, type Encoder } from '../encoders/encoder.ts'
import { projectionHead, referenceHeadEntries } from '../networks/heads.ts'
import type { StateDict } from '../networks/weights.ts'
import { findPrefix } from './find-prefix.ts'
import { WeightsError } from './weights-error.ts'
import type { WeightsTable } from './weights-table.ts'

type Model = PretrainConfig['model']

/** How a file of weights met an encoder. */
export interface WeightsReport {
  /** What the names began with and the encoder's do not. */
  prefix: string
  /** Tensors taken. */
  taken: number
  /**
   * Tensors that the file does not have: of the encoder those that it can do without, and of the
   * projection head also those that it has in another form.
   */
  missing: string[]
  /** Tensors of the same table that the encoder has no place for, by their full names. */
  unexpected: string[]
  /** Tensors that cannot be read, with what they are made of, such as `ids (torch.uint16)`. */
  unreadable: string[]
}

export interface TakenWeights {
  /** Under the encoder's own names. */
  encoder: StateDict
  /** The projection head under its own names, with the size D of its projections, if it is there. */
  head: { state: StateDict; projectionSize: number } | null
  report: WeightsReport
}

/**
 * Loads a table of weights into an encoder as `takeWeights` finds them.
 * @returns what was taken and what was not
 * @throws as `takeWeights`
 */
export async function fitWeights(encoder: Encoder, weights: WeightsTable): Promise<WeightsReport> {
  const taken = await takeWeights(encoder.model, weights)
  encoder.loadStateDict(taken.encoder)
  return taken.report
}

/**
 * Finds the weights of an encoder in a file, wherever their table stands and whatever prefix its
 * names have (`module.`, `encoder_q.0.`, `backbone.`, `encoder.` …), as long as it is clear which is
 * meant. The projection head may be missing or another. Only what is taken is read, so a file that
 * claims to be large costs no more than the encoder.
 * @throws WeightsError when the encoder's weights are not there, or there more than once, or of
 * another shape, or not all of them are numbers
 */
export async function takeWeights(model: Model, weights: WeightsTable): Promise<TakenWeights> {
  const trunk = encoderEntries(model)
  const prefix = findPrefix(weights, trunk, model)
  const isThere = ({ name }: Entry): boolean => weights.shapes.has(prefix + name)
  const present = trunk.filter(isThere)
  present.forEach((entry) => checkShape(entry, prefix, weights))
  const head = findHead(model, prefix, weights)
  const own = present.map((entry) => ({ entry, from: prefix + entry.name }))
  const places = [...own, ...(head?.places ?? [])]
  const used = new Set(places.map(({ from }) => from))
  const table = prefix.slice(0, prefix.indexOf('/') + 1)
  return {
    encoder: completed(trunk, await readAll(own, weights)),
    head: head && {
      state: await readAll(head.places, weights),
      projectionSize: head.projectionSize,
    },
    report: {
      prefix,
      taken: used.size,
      missing: [
        ...trunk.filter((entry) => !isThere(entry)).map(({ name }) => name),
        ...(head ? [] : referenceHeadEntries({ model, projectionSize: 1 }).map(({ name }) => name)),
      ],
      unexpected: [...weights.shapes.keys()].filter(
        (name) => name.startsWith(table) && !used.has(name),
      ),
      unreadable: [...weights.unreadable].map(([name, type]) => `${name} (${type})`),
    },
  }
}

/** An entry, and the name of its tensor in a file. */
interface Place {
  entry: Entry
  from: string
}

/** The projection head under the names of the reference, or beside the encoder in a checkpoint. */
function findHead(
  model: Model,
  prefix: string,
  { shapes }: WeightsTable,
): { places: Place[]; projectionSize: number } | null {
  const beside = prefix.replace(/encoder\.$/, 'head.')
  const namesOf = (projectionSize: number): string[][] => {
    const size = { model, projectionSize }
    const named = (start: string, entries: Entry[]) => entries.map(({ name }) => start + name)
    const own = beside === prefix ? [] : [named(beside, [...projectionHead(size).entries])]
    return [named(prefix, referenceHeadEntries(size)), ...own]
  }
  for (const [i, names] of namesOf(1).entries()) {
    // The last entry is the bias of the last layer.
    const projectionSize = shapes.get(names[names.length - 1])?.[0]
    if (projectionSize === undefined) continue
    const { entries } = projectionHead({ model, projectionSize })
    const places = entries.map((entry, at) => ({ entry, from: namesOf(projectionSize)[i][at] }))
    const fits = places.every(({ entry, from }) => shapes.get(from)?.join() === entry.shape.join())
    if (fits) return { places, projectionSize }
  }
  return null
}

/** A state in the order of the entries, with values for those that a file may lack. */
function completed(trunk: readonly Entry[], read: StateDict): StateDict {
  return new Map(
    trunk.map(({ name, shape, absent = 0 }) => {
      const data = new Float32Array(sizeOf(shape)).fill(absent)
      return [name, read.get(name) ?? { shape: [...shape], data }]
    }),
  )
}

async function readAll(places: readonly Place[], weights: WeightsTable): Promise<StateDict> {
  const state: StateDict = new Map()
  for (const { entry, from } of places) {
    const data = finite(from, await weights.read(from))
    state.set(entry.name, { shape: [...entry.shape], data })
  }
  return state
}

function checkShape({ name, shape }: Entry, prefix: string, { shapes }: WeightsTable): void {
  const found = shapes.get(prefix + name)!
  if (found.join() === shape.join()) return
  throw new WeightsError(
    `'${prefix}${name}' has the shape [${found.join(', ')}], the encoder needs [${shape.join(', ')}]. Choose the model from which it was saved.`,
  )
}

/** One value that is no number makes every feature none. */
function finite(name: string, data: Float32Array): Float32Array {
  const at = data.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return data
  throw new WeightsError(
    `'${name}' has ${data[at]} at position ${at}: its run diverged, or the file is ` +
      'damaged. Use an earlier checkpoint.',
  )
}
