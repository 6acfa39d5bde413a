import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Imported, Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { explainWriting } from '../../base/files/staged-output.ts'
import type { Project } from '../../store/project.ts'
import { writeRowCard } from '../../store/row-card.ts'
import { Store } from '../../store/store.ts'
import { forgetRun } from '../queue/forget-run.ts'
import { workApart } from './apart/run-in-process.ts'
import { findDataset, hasVideoList, sameNamed, standIn } from './datasets.ts'
import { layout, type FolderCard } from './layout.ts'
import { copyPoints } from './rows.ts'
import { renumberVideos } from './video-numbers.ts'

/**
 * Takes a run in whose folder was copied and checked: adds its rows, then moves the files to their
 * places, then shows the run. What fails leaves nothing behind.
 * @param staging absolute, in the project's folder; it is used up
 * @throws WorkbenchError when the rows are damaged or of a newer workbench, or the disk refuses
 */
export async function takeIn(project: Project, card: FolderCard, staging: string): Promise<Run> {
  const { from, run: source } = await openRows(join(staging, layout.rows), card.run)
  let id: number | null = null
  try {
    const origin = from.datasets.get(source.datasetId)
    const files = join(staging, layout.files)
    const tie = await tieTo(project.store, origin, card, files)
    id = addRow(project, from, card, tie)
    await copyPoints(from.runMetrics, source.id, project.store.runMetrics, id)
    const ids = from.evaluations.list().map((evaluation) => evaluation.id)
    await takeEvaluations(project, from, { card, to: id, own: tie.datasetId, staging, ids })
    await place(files, project.runFolder(id))
    await place(join(staging, layout.logs, 'run.log'), project.logFile('run', id))
    return show(project, id, source)
  } catch (error) {
    if (id !== null) await forgetRun(project, id)
    throw explainWriting(error, project.folder)
  } finally {
    from.close()
  }
}

/**
 * Opens the rows after a process of its own has checked them.
 * @throws WorkbenchError when they are damaged, or a newer workbench's
 */
export async function openRows(file: string, id: number): Promise<{ from: Store; run: Run }> {
  await workApart({ type: 'check-rows', file, run: id })
  const from = new Store(file, { staged: true })
  return { from, run: from.runs.get(id) }
}

interface Tie {
  datasetId: number
  missing: Imported['missing']
}

/** The data set here that a run is of, or what stands in for it. */
async function tieTo(
  store: Store,
  origin: Dataset,
  { dataset, project }: FolderCard,
  files: string,
): Promise<Tie> {
  if (!hasVideoList(files)) return { datasetId: sameNamed(store, origin, project), missing: null }
  const found = await findDataset(store, dataset.name, files)
  if (found !== null) return { datasetId: found, missing: null }
  return { datasetId: standIn(store, origin, project), missing: dataset }
}

/** Adds the run out of sight: as one in the trash, that the next start takes away. */
function addRow(
  project: Project,
  from: Store,
  { uid, project: name, run }: FolderCard,
  { datasetId, missing }: Tie,
): number {
  const row = from.transfer.read('runs', run)!
  const now = new Date().toISOString()
  const imported = { at: now, project: name, run, uid, missing, whole: false }
  return project.store.transfer.write('runs', {
    ...row,
    id: null,
    dataset_id: datasetId,
    status: 'stopped',
    trashed_at: now,
    chain: '[]',
    place: project.store.runs.endOfQueue(),
    imported: JSON.stringify(imported),
  })
}

/** What of an exported run's evaluations goes where. */
interface Taken {
  card: FolderCard
  /** The run here, and its data set. */
  to: number
  own: number
  staging: string
  /** The evaluations, by their numbers in the exported rows. */
  ids: readonly number[]
}

/** Takes evaluations in; each counts as ended only when its files are here. */
export async function takeEvaluations(project: Project, from: Store, taken: Taken): Promise<void> {
  const { store } = project
  const ownOrigin = from.runs.get(taken.card.run).datasetId
  for (const id of taken.ids) {
    const { datasetId, status, finishedAt } = from.evaluations.get(id)
    const row = from.transfer.read('evaluations', id)!
    const origin = from.datasets.get(datasetId)
    const isOwn = datasetId === ownOrigin
    const dataset = isOwn ? taken.own : sameNamed(store, origin, taken.card.project)
    const fresh = store.transfer.write('evaluations', {
      ...row,
      id: null,
      run_id: taken.to,
      dataset_id: dataset,
      status: 'stopped',
      finished_at: null,
    })
    await copyPoints(from.evaluationMetrics, id, store.evaluationMetrics, fresh)
    const files = join(taken.staging, layout.evaluationFiles, String(id))
    await place(files, project.evaluationFolder(fresh))
    const paths = join(taken.staging, layout.evaluationVideos, `${id}.json`)
    await renumberVideos(store, dataset, project.evaluationFolder(fresh), paths)
    const log = join(taken.staging, layout.logs, `evaluation-${id}.log`)
    await place(log, project.logFile('evaluation', fresh))
    store.evaluations.change(fresh, { status, finishedAt })
    writeRowCard(project, 'evaluations', fresh)
  }
}

async function place(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
}

/** What waited in the other project's queue has stopped in this one. */
function show(project: Project, id: number, source: Run): Run {
  const { runs } = project.store
  const { imported } = runs.get(id)
  runs.advance(id, source.step)
  const { status } = source
  const shown = runs.change(id, {
    status: status === 'done' || status === 'failed' ? status : 'stopped',
    trashedAt: null,
    imported: imported && { ...imported, whole: true },
  })
  writeRowCard(project, 'runs', id)
  return shown
}
