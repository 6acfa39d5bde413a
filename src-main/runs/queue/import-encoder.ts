import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Project } from '../../store/project.ts'
import { saveCheckpoint } from '../../trainer/checkpoint/checkpoints.ts'
import { prefixed } from '../../trainer/methods/learner.ts'
import { takeWeights, type WeightsReport } from '../../trainer/weights/fit-weights.ts'
import { withWeights } from '../../trainer/weights/read-weights.ts'

export interface EncoderImport {
  /** File of weights, absolute. */
  file: string
  name: string
  /** Encoder, and the clips that it is evaluated on. */
  config: PretrainConfig
  datasetId?: number
}

/**
 * Takes weights from elsewhere in as a run that is done, with a checkpoint of step 0 that holds the
 * encoder alone, so that it can be evaluated, compared and exported like any other.
 * @throws WeightsError when the file or its weights cannot be used; nothing is added then
 * @throws WorkbenchError when there is no data set
 */
export async function importEncoder(
  project: Project,
  { file, name, config, datasetId }: EncoderImport,
): Promise<{ run: Run; weights: WeightsReport }> {
  const { datasets, runs } = project.store
  const dataset = datasets.choose(datasetId)
  const { encoder, head, report } = await withWeights(file, (table) =>
    takeWeights(config.model, table),
  )
  // The size of the projections is a setting of the methods that have them.
  const whole = head ? { ...config, projectionSize: head.projectionSize } : config
  const tensors = new Map([
    ...prefixed('encoder.', encoder),
    ...(head ? prefixed('head.', head.state) : []),
  ])
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

function noteOf(file: string, report: WeightsReport): string {
  const { prefix, taken, missing, unexpected, unreadable } = report
  const parts = [`Imported from ${basename(file)}: ${taken} tensors`]
  if (prefix !== '') parts.push(`the prefix '${prefix}' removed`)
  if (missing.length > 0) parts.push('without its head')
  if (unexpected.length > 0) parts.push(`${unexpected.length} tensors of the file left out`)
  if (unreadable.length > 0) parts.push(`not readable: ${unreadable.join(', ')}`)
  return `${parts.join(', ')}.`
}
