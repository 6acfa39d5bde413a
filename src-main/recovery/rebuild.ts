import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { storedConfig } from '#shared/config/old-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { plannedSteps } from '#shared/config/steps.ts'
import type { Imported } from '#shared/contract/runs.ts'
import { standIn } from '../runs/folder/datasets.ts'
import { takeMissedSteps } from '../runs/curves/missed-steps.ts'
import { readRowCard } from '../store/row-card.ts'
import type { RawRow } from '../store/row-transfer.ts'
import type { Store } from '../store/store.ts'
import { folderNumbers } from '../store/stranded.ts'
import { newestStep, readCheckpointMetadata } from '../trainer/checkpoint/checkpoints.ts'
import { takeEventCurves } from './event-curves.ts'

/** What became of one folder. */
export interface Rebuilt {
  kind: 'run' | 'evaluation'
  id: number
  /** How its row was made; null when its files do not say enough. */
  from: 'card' | 'checkpoint' | null
  /** Set where points of its curve come from TensorBoard's event files, rounded to float32. */
  rounded?: true
}

/**
 * Adds rows for the folders of runs and evaluations that a database does not know, as far as their
 * files say: rows from their cards, or else configuration and step from a checkpoint; curves from
 * their journals, or else from TensorBoard's event files.
 * @param folder absolute, of the project
 */
export async function rebuildRows(store: Store, folder: string): Promise<Rebuilt[]> {
  const rebuilt: Rebuilt[] = []
  const runs = new Set(store.runs.list().map(({ id }) => id))
  for (const id of folderNumbers(folder, 'runs').filter((each) => !runs.has(each))) {
    const run = await rebuildRun(store, folder, id)
    if (run.from) runs.add(id)
    rebuilt.push(run)
  }
  const known = new Set(store.evaluations.list().map(({ id }) => id))
  for (const id of folderNumbers(folder, 'evaluations').filter((each) => !known.has(each))) {
    rebuilt.push({ kind: 'evaluation', id, from: await rebuildEvaluation(store, folder, id, runs) })
  }
  return rebuilt
}

async function rebuildRun(store: Store, folder: string, id: number): Promise<Rebuilt> {
  const own = join(folder, 'runs', String(id))
  const card = readRowCard(own, id)
  if (card) {
    const dataset = ensureDataset(store, card.dataset)
    store.transfer.write('runs', { ...card.row, dataset_id: dataset, status: ended(card.row) })
  } else if (!(await rebuildFromCheckpoint(store, folder, id))) {
    return { kind: 'run', id, from: null }
  }
  const rounded = await takeEventCurves(store.runMetrics, id, own)
  await takeMissedSteps(store.runMetrics, id, own)
  const from = card ? 'card' : 'checkpoint'
  return { kind: 'run', id, from, ...(rounded > 0 && { rounded: true }) }
}

/** The run with the configuration of its checkpoint, of a data set that is still to be found. */
async function rebuildFromCheckpoint(store: Store, folder: string, id: number): Promise<boolean> {
  const own = join(folder, 'runs', String(id))
  const metadata = readCheckpointMetadata(own)
  if (metadata?.config === undefined) return false
  const config = completeConfig(
    storedConfig(JSON.parse(metadata.config) as Record<string, unknown>),
  )
  const project = basename(folder)
  const name = `videos of run ${id}`
  const videos = await countLines(join(own, 'videos.jsonl'))
  const origin = { name, format: 'folder' as const, folder: join(own, 'videos') }
  const stand = { ...origin, id: 0, videos: 0, damaged: 0, classes: [], annotations: null }
  const now = new Date().toISOString()
  const step = newestStep(own)
  const total = videos > 0 ? plannedSteps(config, videos) : step
  const imported: Imported = {
    at: now,
    project,
    run: id,
    uid: `restored ${id} ${now}`,
    whole: true,
    missing: { name, videos },
  }
  store.transfer.write('runs', {
    id,
    name: `run ${id}, restored`,
    config: JSON.stringify(config),
    step,
    dataset_id: standIn(store, { ...stand, splitList: 1 }, project),
    total_steps: total,
    status: step >= total ? 'done' : 'stopped',
    created_at: now,
    started_at: now,
    finished_at: now,
    place: store.runs.endOfQueue(),
    imported: JSON.stringify(imported),
  })
  return true
}

async function rebuildEvaluation(
  store: Store,
  folder: string,
  id: number,
  runs: ReadonlySet<number>,
): Promise<Rebuilt['from']> {
  const own = join(folder, 'evaluations', String(id))
  const card = readRowCard(own, id)
  if (!card) return null
  const { run_id: run } = card.row
  if (run !== null && !runs.has(Number(run))) return null
  const dataset = ensureDataset(store, card.dataset)
  store.transfer.write('evaluations', {
    ...card.row,
    dataset_id: dataset,
    status: ended(card.row),
  })
  await takeMissedSteps(store.evaluationMetrics, id, own).catch(() => 0)
  return 'card'
}

/** Of the same folder, made without videos where it is not there: indexing it brings them back. */
function ensureDataset(store: Store, row: RawRow): number {
  const known = store.datasets.list().find(({ folder }) => folder === row.folder)
  return known?.id ?? store.transfer.write('datasets', { ...row, id: null })
}

/** What was running is not any more. */
function ended({ status }: RawRow): string {
  return status === 'done' || status === 'failed' ? status : 'stopped'
}

async function countLines(file: string): Promise<number> {
  if (!existsSync(file)) return 0
  const handle = await open(file)
  let lines = 0
  try {
    for await (const line of handle.readLines()) if (line !== '') lines++
  } finally {
    await handle.close()
  }
  return lines
}
