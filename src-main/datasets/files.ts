import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, sep } from 'node:path'
import { WorkbenchError } from '../base/workbench-error.ts'
import { frameSequence } from '../video/frame-sequence.ts'
import { decodeList } from './list-text.ts'
import { isVideoName, isWorthTelling } from './video-files.ts'
import type { Warnings } from './warnings.ts'

/** What systems and programs put beside one's own folders: bins, versions, thumbnails. */
const HIDDEN = /^(\.|@eaDir$|#recycle$|\$RECYCLE\.BIN$|System Volume Information$|__MACOSX$)/i

/** The videos of one folder. */
export interface FolderOfVideos {
  /** Relative to where the walk began, with forward slashes; '' for that folder itself. */
  folder: string
  /** Sorted by code unit, whatever the locale. */
  names: string[]
}

export interface WalkOptions {
  /** How many levels of folders to go down. */
  depth: number
  /** Without them, folders that cannot be read are passed over silently. */
  warnings?: Warnings
  /** Folder to begin with, relative to the root. */
  from?: string
}

/**
 * The folders below `root` that hold videos, in order. Links to folders are followed, but not those
 * that lead back to a folder above them; hidden folders are not gone into. A folder of numbered frames
 * is a video of the folder that it lies in.
 */
export async function* walkVideos(
  root: string,
  { depth, warnings, from = '' }: WalkOptions,
): AsyncGenerator<FolderOfVideos, void, undefined> {
  const entries = await readdir(join(root, from), { withFileTypes: true }).catch(
    (error: unknown) => {
      warnings?.addUnread(from, `the folder cannot be read (${reason(error)})`)
      return []
    },
  )
  const names: string[] = []
  const folders: string[] = []
  for (const entry of entries) {
    const path = joinPath(from, entry.name)
    if (HIDDEN.test(entry.name)) {
      if (!entry.isFile()) warnings?.addHidden(path)
      continue
    }
    const link = entry.isSymbolicLink() ? await linkKind(join(root, from), join(root, path)) : null
    if (entry.isDirectory() || link === 'folder') folders.push(path)
    else if (link === 'back') continue
    else if (!isVideoName(entry.name)) {
      if (isWorthTelling(entry.name)) warnings?.addLeftOut(entry.name)
    } else if (await isReadableName(join(root, path))) names.push(entry.name)
    else warnings?.addMisnamed(path)
  }
  const others: string[] = []
  for (const folder of folders) {
    if (await holdsFrames(join(root, folder))) names.push(basename(folder))
    else others.push(folder)
  }
  if (names.length > 0) yield { folder: from, names: names.sort(compare) }
  if (depth === 0) return
  for (const folder of others.sort(compare)) {
    yield* walkVideos(root, { depth: depth - 1, warnings, from: folder })
  }
}

/** Whether a folder holds the numbered frames of one video and nothing to go into. */
async function holdsFrames(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  if (entries.some((entry) => entry.isDirectory() || isVideoName(entry.name))) return false
  return frameSequence(entries.map(({ name }) => name)) !== null
}

/**
 * Whether Node can name this file. A name that is not UTF-8 comes out of `readdir` with replacement
 * characters in it, and no file has the name that results.
 */
async function isReadableName(path: string): Promise<boolean> {
  if (!path.includes('\uFFFD')) return true
  return (await lstat(path).catch(() => null)) !== null
}

/**
 * What a link in `folder` leads to: another folder, one above it, or no folder. A link that cannot be
 * followed, though it does not dangle, may have been a folder: reading it will say so.
 */
async function linkKind(folder: string, link: string): Promise<'folder' | 'back' | 'other'> {
  try {
    if (!(await stat(link)).isDirectory()) return 'other'
    const [above, target] = await Promise.all([realpath(folder), realpath(link)])
    return `${above}${sep}`.startsWith(`${target}${sep}`) ? 'back' : 'folder'
  } catch (error) {
    const dangles = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return dangles || isVideoName(basename(link)) ? 'other' : 'folder'
  }
}

/** The paths of the first `limit` videos that a walk comes to: enough to tell a layout by. */
export async function sampleVideos(root: string, depth: number, limit = 40): Promise<string[]> {
  const sample: string[] = []
  for await (const { folder, names } of walkVideos(root, { depth })) {
    // A few of each folder, since one folder's names may all be odd.
    sample.push(...names.slice(0, 8).map((name) => joinPath(folder, name)))
    if (sample.length >= limit) break
  }
  return sample
}

/** `a/b`, or `b` where there is no `a`. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** A file's name without its folders and its extension. */
export function stem(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/s, '')
}

/** What a list is called in warnings: within the data set its path there, elsewhere the whole path. */
export function listLabel(root: string, file: string): string {
  const path = relative(root, file)
  return isAbsolute(path) || path.startsWith('..') ? file : path.split(sep).join('/')
}

/**
 * The text of a list, without a byte order mark, in UTF-8, UTF-16 or, with a warning, Windows-1252.
 * Null and a warning where it cannot be read.
 */
export async function readList(
  file: string,
  label: string,
  warnings: Warnings,
): Promise<string | null> {
  try {
    const { text, assumed } = decodeList(await readFile(file))
    if (assumed !== null) {
      const problem = `the list is not UTF-8 and was read as ${assumed}. Save it as UTF-8 if names are wrong`
      warnings.add('malformed', label, null, problem)
    }
    return text.replace(/^\uFEFF/, '')
  } catch (error) {
    warnings.add('unreadable', label, null, `the list cannot be read (${reason(error)})`)
    return null
  }
}

/** Lines that are not blank, trimmed, under any line ending. `line` counts from 1. */
export function contentLines(text: string): { line: number; content: string }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((content, i) => ({ line: i + 1, content: content.trim() }))
    .filter(({ content }) => content !== '')
}

/** The beginning of a line, for a message. */
export function excerpt(content: string): string {
  return content.length > 60 ? `${content.slice(0, 60)}…` : content
}

/** The names of the files in a folder; none where it cannot be read. */
export async function fileNames(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort(compare)
}

/** The first of these that is a folder. */
export async function firstFolder(candidates: readonly string[]): Promise<string | null> {
  for (const candidate of candidates) if (await isFolder(candidate)) return candidate
  return null
}

/** @throws WorkbenchError when it is not a folder. */
export async function realFolder(folder: string): Promise<string> {
  const root = await realpath(folder).catch(() => null)
  if (root === null) throw new WorkbenchError(`There is no folder ${folder}. Check the path.`)
  if (await isFolder(root)) return root
  throw new WorkbenchError(`${folder} is a file, not a folder. Choose the folder that contains it.`)
}

/** Whether there is such a folder; links are followed. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

/** A data set is called like its folder. */
export function folderName(folder: string): string {
  return basename(folder) || folder
}

/** By code unit, whatever the locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
