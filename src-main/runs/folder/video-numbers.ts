import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Pieces } from '../../library/pieces.ts'
import type { Store } from '../../store/store.ts'
import type { PredictionLine } from '../../trainer/evaluate/predictions.ts'

/**
 * Files of an evaluation name videos by their numbers in the index, which are others in another
 * project. There the files are rewritten; as long as videos are missing, the originals and the paths
 * of what they name stay in this folder beside them.
 */
export const ORIGINALS = 'imported'
/** In the folder of originals: paths by number. */
export const PATHS = 'videos.json'
/** Stands for a video that is not in the index. */
const NOWHERE = 0

type Renumber = (id: number) => number

/** Paths of all videos that the files of an evaluation name, by their numbers in this project. */
export async function pathsNamed(store: Store, folder: string): Promise<Record<number, string>> {
  const ids = new Set<number>()
  const collect: Renumber = (id) => {
    ids.add(id)
    return id
  }
  for (const name of await filesWithNumbers(folder)) {
    await readable(name, await readFile(join(folder, name), 'utf8'), collect)
  }
  return Object.fromEntries(store.videos.these([...ids]).map(({ id, path }) => [id, path]))
}

/**
 * Rewrites an imported evaluation's files with the numbers that the videos have here.
 * @param folder of the evaluation, absolute
 * @param paths by the numbers that the files have; left out where the originals stand in the folder
 */
export async function renumberVideos(
  store: Store,
  datasetId: number,
  folder: string,
  paths?: Record<number, string>,
): Promise<void> {
  const originals = join(folder, ORIGINALS)
  if (paths) await setAside(folder, originals, paths)
  if (!existsSync(originals)) return
  const known = JSON.parse(await readFile(join(originals, PATHS), 'utf8')) as Record<number, string>
  const here = new Map(
    Object.entries(known).map(([id, path]) => [Number(id), store.videos.idOf(datasetId, path)]),
  )
  for (const name of await filesWithNumbers(originals)) {
    const text = await readFile(join(originals, name), 'utf8')
    await writeFile(join(folder, name), await readable(name, text, (id) => here.get(id) ?? NOWHERE))
  }
  const isWhole = [...here.values()].every((id) => id !== null)
  if (isWhole) await rm(originals, { recursive: true })
}

async function setAside(
  folder: string,
  originals: string,
  paths: Record<number, string>,
): Promise<void> {
  const names = await filesWithNumbers(folder)
  if (names.length === 0) return
  await mkdir(originals, { recursive: true })
  for (const name of names) await rename(join(folder, name), join(originals, name))
  await writeFile(join(originals, PATHS), `${JSON.stringify(paths, null, 2)}\n`)
}

async function filesWithNumbers(folder: string): Promise<string[]> {
  const names = existsSync(folder) ? await readdir(folder) : []
  return names.filter((name) => /\.jsonl?$/.test(name) && name !== PATHS)
}

/** As `renumbered`; empty for a damaged file, of which nobody can read anything. */
async function readable(name: string, text: string, to: Renumber): Promise<string> {
  return renumbered(name, text, to).catch(() => '')
}

async function renumbered(name: string, text: string, to: Renumber): Promise<string> {
  if (!name.endsWith('.jsonl')) return JSON.stringify(JSON.parse(text, renumberKey(to)))
  const pieces = new Pieces()
  const lines: string[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const { video, near, ...rest } = JSON.parse(line) as PredictionLine
    const named = near?.map(([id, ...of]) => [to(id), ...of])
    lines.push(`${JSON.stringify({ video: to(video), ...rest, ...(named && { near: named }) })}\n`)
    await pieces.pause()
  }
  return lines.join('')
}

function renumberKey(to: Renumber) {
  return (key: string, value: unknown): unknown => {
    if (key !== 'videoId') return value
    return Array.isArray(value) ? (value as number[]).map(to) : to(value as number)
  }
}
