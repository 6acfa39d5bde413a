import { existsSync } from 'node:fs'
import { mkdir, open, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExportRunEvent } from '#shared/contract/run-folders.ts'
import type { Run } from '#shared/contract/runs.ts'
import { fromThread } from '../../base/processes/from-thread.ts'
import { explainWriting, StagedOutput } from '../../base/files/staged-output.ts'
import type { Project } from '../../store/project.ts'
import { ROW_CARD } from '../../store/row-card.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { copyHashed, filesBelow, hashOf, printChecksums, type Checksums } from './checksums.ts'
import type { ExtrasTask } from './extras-thread.ts'
import { layout, originals } from './layout.ts'

/** A file to copy: from where, and its place in the folder. */
interface Wanted {
  from: string
  path: string
  bytes: number
}

/**
 * Writes a run as a folder that another machine can import whole; ends after `done`, or without it
 * when `signal` aborts. The folder is there complete or not at all.
 * @param out absolute
 * @throws WorkbenchError when the run is running or has never started, or the folder is there
 * already or cannot be written
 */
export async function* exportRunFolder(
  project: Project,
  id: number,
  out: string,
  signal?: AbortSignal,
): AsyncGenerator<ExportRunEvent, void, undefined> {
  const run = project.store.runs.get(id)
  checkExportable(project, run)
  let staged: StagedOutput | null = null
  try {
    staged = await StagedOutput.begin(out)
    await mkdir(staged.part)
    const wanted = await wantedFiles(project, run)
    const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0)
    let done = 0
    const sums: Checksums = new Map()
    for (const { from, path, bytes } of wanted) {
      if (signal?.aborted) return
      sums.set(path, await copyHashed(from, join(staged.part, path), signal))
      yield { type: 'progress', done: (done += bytes), total }
    }
    await addExtras(project, { run: id, folder: staged.part, out }, signal)
    await seal(staged.part, sums)
    checkExportable(project, project.store.runs.get(id))
    const { files, bytes } = await sizeOf(staged.part)
    await staged.keep('name')
    yield { type: 'done', folder: out, files, bytes }
  } catch (error) {
    if (!signal?.aborted) throw explainWriting(error, out)
  } finally {
    await staged?.drop()
  }
}

/** A folder for a run among the project's exports, whose name is free. */
export async function exportPlace(project: Project, { id, name }: Run): Promise<string> {
  const slug = name
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
  const start = join(project.exportsFolder, `run-${id}${slug === '' ? '' : `-${slug}`}`)
  for (let n = 1; ; n++) {
    const folder = n === 1 ? start : `${start}-${n}`
    if (!(await stat(folder).catch(() => null))) return folder
  }
}

function checkExportable(project: Project, { id, name, status }: Run): void {
  if (status === 'running' || status === 'stopping') {
    throw new WorkbenchError(
      `Run ${id} (${name}) is running and its files are changing. Pause or stop it, then export it.`,
    )
  }
  if (existsSync(project.runFolder(id))) return
  throw new WorkbenchError(
    `Run ${id} (${name}) has not started. It has only settings, which ` +
      `'runs config ${id}' prints.`,
  )
}

async function wantedFiles(project: Project, run: Run): Promise<Wanted[]> {
  const { id } = run
  const wanted: Wanted[] = []
  const add = async (from: string, path: string): Promise<void> => {
    const stats = await stat(from).catch(() => null)
    if (stats?.isFile()) wanted.push({ from, path, bytes: stats.size })
    if (!stats?.isDirectory()) return
    for (const below of await filesBelow(from)) await add(join(from, below), `${path}/${below}`)
  }
  await add(project.runFolder(id), layout.files)
  await add(project.logFile('run', id), `${layout.logs}/run.log`)
  for (const evaluation of project.store.evaluations.endedOf(id)) {
    const folder = project.evaluationFolder(evaluation)
    await add(folder, `${layout.evaluationFiles}/${evaluation}`)
    const log = project.logFile('evaluation', evaluation)
    await add(log, `${layout.logs}/evaluation-${evaluation}.log`)
  }
  // What a crash has left half-written is of no use to anyone, and the rows go along by themselves.
  const isWanted = ({ path }: Wanted): boolean =>
    !path.endsWith('.part') && basename(path) !== ROW_CARD
  return withOriginals(wanted.filter(isWanted))
}

/** Files of an imported evaluation as they were first, where those still stand beside it. */
function withOriginals(wanted: readonly Wanted[]): Wanted[] {
  const byPath = new Map(wanted.map((file) => [file.path, file]))
  const kept = new RegExp(`^${layout.evaluationFiles}/(\\d+)/${originals.folder}/(.+)$`)
  for (const file of wanted) {
    const [, id, name] = kept.exec(file.path) ?? []
    if (id === undefined || name === undefined) continue
    byPath.delete(file.path)
    const path =
      name === originals.paths
        ? `${layout.evaluationVideos}/${id}.json`
        : `${layout.evaluationFiles}/${id}/${name}`
    byPath.set(path, { ...file, path })
  }
  return [...byPath.values()]
}

async function addExtras(
  project: Project,
  place: Omit<ExtrasTask, 'project'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  // The thread reads what is on disk.
  project.store.runMetrics.flush()
  const task: ExtrasTask = { ...place, project: project.folder }
  for await (const written of fromThread('run-extras', task, signal)) void written
}

/**
 * Writes the checksum of every file, those that are known already and the others, which are brought
 * onto the disk here.
 */
async function seal(folder: string, known: Checksums): Promise<void> {
  const sums: Checksums = new Map()
  for (const path of await filesBelow(folder)) {
    const file = join(folder, path)
    if (!known.has(path)) await ontoDisk(file)
    sums.set(path, known.get(path) ?? (await hashOf(file)))
  }
  await writeFile(join(folder, layout.sums), printChecksums(sums), { flush: true })
}

async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const paths = await filesBelow(folder)
  const stats = await Promise.all(paths.map((path) => stat(join(folder, path))))
  return { files: paths.length, bytes: stats.reduce((sum, { size }) => sum + size, 0) }
}

async function ontoDisk(file: string): Promise<void> {
  const handle = await open(file)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
