import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportRunEvent } from '#shared/contract/run-folders.ts'
import type { Run } from '#shared/contract/runs.ts'
import { explainWriting } from '../../base/files/staged-output.ts'
import type { Project } from '../../store/project.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { forgetRun } from '../queue/forget-run.ts'
import { copyHashed, filesBelow, parseChecksums, type Checksums } from './checksums.ts'
import { folderCardSchema, layout, uidOf, type FolderCard } from './layout.ts'
import { takeIn } from './take-in.ts'

/** Folders of unfinished imports, beside those of runs. */
const STAGING = /^import-.*\.part$/

/** Whether a folder says of itself that it is a run that was exported whole. */
export function isRunFolder(path: string): boolean {
  return existsSync(join(path, layout.card)) || existsSync(join(path, layout.sums))
}

/**
 * Takes a run in that another project has exported as a folder; ends after `done`, or without it
 * when `signal` aborts. Before that nothing of it is to be seen, and a run that is not taken in leaves
 * nothing behind.
 * @param folder absolute; it is read only
 * @throws WorkbenchError where a file is missing, changed or not the export's, for a run that the
 * project has already, and for one of a newer workbench
 */
export async function* importRunFolder(
  project: Project,
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<ImportRunEvent, void, undefined> {
  const { card, sums } = await readCard(folder)
  refuseKnown(project, card)
  const paths = await checkNames(folder, sums)
  const staging = stagingFolder(project)
  try {
    yield* copyChecked({ folder, sums, staging, signal }, paths)
    if (signal?.aborted) return
    yield { type: 'done', run: await takeIn(project, card, staging) }
  } catch (error) {
    if (!signal?.aborted) throw explainCopying(error, folder, project.folder)
  } finally {
    // What a failing disk keeps goes at the next start.
    await rm(staging, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** A folder for an unfinished import; the next start takes it away where nothing else does. */
export function stagingFolder(project: Project): string {
  return join(project.folder, 'runs', `import-${randomUUID()}.part`)
}

/**
 * Copies files of an exported run into the staging folder, and says how far it is; ends early when the
 * signal aborts.
 * @throws WorkbenchError where a checksum is another
 */
export async function* copyChecked(
  { folder, sums, staging, signal }: Copying,
  paths: readonly string[],
): AsyncGenerator<Extract<ImportRunEvent, { type: 'progress' }>, void, undefined> {
  const sizes: number[] = []
  for (const path of paths) sizes.push((await stat(join(folder, path))).size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let done = 0
  for (const [i, path] of paths.entries()) {
    if (signal?.aborted) return
    const sum = await copyHashed(join(folder, path), join(staging, path), signal)
    if (sum !== sums.get(path)) throw changed(folder, path)
    yield { type: 'progress', done: (done += sizes[i]), total }
  }
}

interface Copying {
  folder: string
  sums: Checksums
  staging: string
  signal: AbortSignal | undefined
}

/** Takes away what imports have left that were cut off. */
export async function dropCutOff(project: Project): Promise<void> {
  const folder = join(project.folder, 'runs')
  const names = existsSync(folder) ? await readdir(folder) : []
  for (const name of names.filter((each) => STAGING.test(each))) {
    await rm(join(folder, name), { recursive: true, force: true })
  }
  for (const { id, imported } of project.store.runs.list()) {
    if (imported?.whole === false) await forgetRun(project, id)
  }
}

/** Bytes of the card, and of the list of checksums: some 300,000 files. */
const LARGEST_CARD = 2 ** 20
const LARGEST_SUMS = 32 * 2 ** 20

export async function readCard(folder: string): Promise<{ card: FolderCard; sums: Checksums }> {
  const [cardFile, sumsFile] = [join(folder, layout.card), join(folder, layout.sums)]
  const read = async (file: string, most: number): Promise<string> => {
    try {
      const stats = await stat(file)
      if (!stats.isFile()) throw new Error('it is not a regular file')
      if (stats.size > most) throw new Error(`it has ${stats.size} bytes, more than ${most}`)
      return await readFile(file, 'utf8')
    } catch (error) {
      throw new WorkbenchError(
        `${file} cannot be read (${(error as Error).message}). Choose a folder that ` +
          "'runs export --folder' wrote.",
      )
    }
  }
  const sums = await parseChecksums(await read(sumsFile, LARGEST_SUMS), sumsFile)
  const parsed = folderCardSchema.safeParse(jsonOf(await read(cardFile, LARGEST_CARD)))
  if (!parsed.success) {
    throw new WorkbenchError(
      `${cardFile} is damaged or was written by a newer workbench. Copy the folder again, or update this workbench.`,
    )
  }
  return { card: parsed.data, sums }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * The run of a project that an exported folder holds; null where the project does not have it.
 * @throws WorkbenchError where the folder is no export, or cannot be read
 */
export async function knownRun(project: Project, folder: string): Promise<Run | null> {
  const { card } = await readCard(folder)
  return runOf(project, card)
}

function runOf(project: Project, { uid }: FolderCard): Run | null {
  return project.store.runs.list().find((run) => uidOf(run) === uid) ?? null
}

function refuseKnown(project: Project, card: FolderCard): void {
  const known = runOf(project, card)
  if (!known) return
  const where = known.trashedAt === null ? '' : ', in the trash'
  throw new WorkbenchError(
    `This project already has this run, as run ${known.id} (${known.name}${where}). To import it again, ` +
      'move that run to the trash and empty the trash.',
  )
}

/** The files to take, when they are those that the checksums name. */
export async function checkNames(folder: string, sums: Checksums): Promise<string[]> {
  const paths = (await filesBelow(folder)).filter((path) => path !== layout.sums)
  const there = new Set(paths)
  const missing = [...sums.keys()].find((path) => !there.has(path))
  if (missing !== undefined) {
    throw new WorkbenchError(`${join(folder, missing)} is missing. Copy the folder again.`)
  }
  const strange = paths.find((path) => !sums.has(path))
  if (strange === undefined) return paths
  throw new WorkbenchError(
    `${join(folder, strange)} is not among the files of ${layout.sums}. Move it away, or copy the ` +
      'folder again.',
  )
}

function changed(folder: string, path: string): WorkbenchError {
  return new WorkbenchError(
    `${join(folder, path)} has changed since the export: its content does not match ${layout.sums}. ` +
      'Copy the folder again.',
  )
}

export function explainCopying(error: unknown, from: string, to: string): unknown {
  const { path, syscall, message } = error as NodeJS.ErrnoException
  if (syscall !== 'read' && !path?.startsWith(from)) return explainWriting(error, to)
  return new WorkbenchError(`${from} cannot be read (${message}). Check the disk it is on.`)
}
