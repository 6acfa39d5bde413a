import { existsSync } from 'node:fs'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { printRunFile } from '#shared/config/run-file.ts'
import type { Run } from '#shared/contract/runs.ts'
import { installationFolder, workbenchVersion } from '../../base/processes/installation.ts'
import type { Project } from '../../store/project.ts'
import type { Store } from '../../store/store.ts'
import { CurveCache } from '../curves/curve-cache.ts'
import { curvesAsCsv } from '../curves/curve-csv.ts'
import { exportEvents } from '../curves/export-events.ts'
import { layout, uidOf, videoFiles, type FolderCard } from './layout.ts'
import { evaluationsOf, writeRows } from './rows.ts'
import { countListed, writeContents } from './video-contents.ts'
import { writePathsNamed } from './video-numbers.ts'

/**
 * Writes what an exported run's folder has beside copies: rows, and the same for people and other
 * programs.
 * @param folder absolute; its copies are there
 */
export async function writeExtras(project: Project, run: Run, folder: string): Promise<void> {
  const { store } = project
  const files = join(folder, layout.files)
  await mkdir(files, { recursive: true })
  const hasList = existsSync(join(files, videoFiles.list))
  if (hasList && !existsSync(join(files, videoFiles.contents))) {
    await writeContents(store, run.datasetId, files, files)
  }
  const events = join(files, 'tensorboard')
  if (!existsSync(events)) await exportEvents(project, run.id, events)
  await writeRows(store, run, join(folder, layout.rows))
  const settings = printRunFile({ name: run.name, values: run.config })
  await writeFile(join(folder, layout.settings), settings)
  const curves = await new CurveCache(store.runMetrics).read(run.id)
  for (const piece of curvesAsCsv(curves)) await appendFile(join(folder, layout.curves), piece)
  const evaluations = evaluationsOf(store, run.id)
  await writeJson(join(folder, layout.evaluations), evaluations)
  for (const { id } of evaluations) await writePaths(store, folder, id)
  const dataset = { name: store.datasets.get(run.datasetId).name, videos: await countListed(files) }
  const card: FolderCard = {
    format: 'fame-run',
    version: 1,
    uid: uidOf(run),
    exportedAt: new Date().toISOString(),
    workbench: workbenchVersion(installationFolder()),
    project: project.name,
    run: run.id,
    name: run.name,
    dataset: run.imported?.missing ?? dataset,
  }
  await writeJson(join(folder, layout.card), card)
}

async function writePaths(store: Store, folder: string, evaluation: number): Promise<void> {
  const files = join(folder, layout.evaluationFiles, String(evaluation))
  const file = join(folder, layout.evaluationVideos, `${evaluation}.json`)
  if (!existsSync(files) || existsSync(file)) return
  await mkdir(dirname(file), { recursive: true })
  await writePathsNamed(store, files, file)
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}
