import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { Run } from '#shared/contract/runs.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Project } from '../store/project.ts'
import { saveCheckpoint } from '../trainer/checkpoint/checkpoints.ts'
import { networkState } from '../trainer/models/encoder.ts'
import type { StateDict } from '../trainer/models/weights.ts'
import { takeWeights, type WeightsReport } from '../trainer/weights/fit-weights.ts'
import { withWeights } from '../trainer/weights/read-weights.ts'
import type { WeightsTable } from '../trainer/weights/weights-table.ts'

export interface EncoderImport {
  /** File of weights, absolute. */
  file: string
  name: string
  /** Encoder, and the clips that it is evaluated on. */
  config: PretrainConfig
  datasetId?: number
}

/** Last weight of each encoder's head: its first axis is the size of the projection. */
const LAST_WEIGHT = {
  r2plus1d_18: 'fc.2.weight',
  r2plus1d_narrow: 'fc.2.weight',
  i3d: 'id_head.4.weight',
}

/**
 * Takes weights from elsewhere in as a run that is done, with a checkpoint of step 0 that holds the
 * encoder alone, so that it can be evaluated, compared and exported as any other.
 * @throws WeightsError when the file or its weights cannot be used; nothing is added then
 * @throws WorkbenchError when there is no data set
 */
export function importEncoder(
  project: Project,
  { file, name, config, datasetId }: EncoderImport,
): { run: Run; weights: WeightsReport } {
  const { datasets, runs } = project.store
  const dataset = datasets.choose(datasetId)
  const { state, report, projectionSize } = withWeights(file, (table) =>
    takeWithHead(config, table),
  )
  const whole = { ...config, projectionSize }
  const tensors = prefixed(completed(state, whole))
  const { id } = runs.add({
    name,
    config: whole,
    datasetId: dataset.id,
    totalSteps: 0,
    status: 'stopped',
    tags: ['imported'],
  })
  try {
    saveCheckpoint(project.runFolder(id), 0, {
      tensors,
      metadata: { format: 'pt', config: JSON.stringify(whole), step: '0' },
    })
  } catch (error) {
    runs.delete(id)
    rmSync(project.runFolder(id), { recursive: true, force: true })
    throw error
  }
  const run = runs.change(id, {
    status: 'done',
    finishedAt: new Date().toISOString(),
    notes: noteOf(file, report),
  })
  return { run, weights: report }
}

/** Takes the head along where it has the form of ours, whatever the size of its projection. */
function takeWithHead(config: PretrainConfig, table: WeightsTable) {
  const { model } = config
  const first = takeWeights(config, table)
  const found = table.shapes.get(first.report.prefix + LAST_WEIGHT[model])?.[0]
  const projectionSize = found ?? config.projectionSize
  const taken = takeWeights({ model, projectionSize }, table)
  return taken.report.missing.length === 0
    ? { ...taken, projectionSize }
    : { ...first, projectionSize: config.projectionSize }
}

/** With a freshly drawn head where there is none: evaluation does not look at it. */
function completed(state: StateDict, config: PretrainConfig): StateDict {
  const rng = new Rng(deriveSeed(config.seed, 0x68656164))
  const { entries } = networkState(config.model, config.projectionSize)
  return new Map(
    entries.map(({ name, shape, initial }) => [
      name,
      state.get(name) ?? { shape: [...shape], data: initial(shape, rng) },
    ]),
  )
}

function prefixed(state: StateDict): StateDict {
  return new Map([...state].map(([name, tensor]) => [`query.${name}`, tensor]))
}

function noteOf(file: string, report: WeightsReport): string {
  const { prefix, taken, missing, unexpected, unreadable } = report
  const parts = [`Imported from ${basename(file)}: ${taken} tensors`]
  if (prefix !== '') parts.push(`the prefix '${prefix}' taken off`)
  if (missing.length > 0) parts.push('without its head')
  if (unexpected.length > 0) parts.push(`${unexpected.length} tensors of the file left out`)
  if (unreadable.length > 0) parts.push(`not readable: ${unreadable.join(', ')}`)
  return `${parts.join(', ')}.`
}
