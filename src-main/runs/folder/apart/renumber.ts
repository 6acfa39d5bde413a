import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { originals as aside } from '../layout.ts'
import type { Answer, Question } from './tasks.ts'

export type Ask = (question: Question) => Promise<Answer>
type Renumber = (id: number) => number

/** Numbers or paths in one question. */
const PIECE = 1000
/** Stands for a video that is not in the index. */
const NOWHERE = 0

/** Names of the files in which an evaluation names videos by their numbers. */
export async function filesWithNumbers(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => /\.jsonl?$/.test(name) && name !== aside.paths)
}

/**
 * Rewrites an evaluation's files with the numbers that their videos have in this project.
 * @returns whether all of the videos are in this project
 */
export async function renumber(
  { folder, originals, paths }: { folder: string; originals: string; paths: string },
  ask: Ask,
): Promise<boolean> {
  const known = pathsOf(JSON.parse(await readFile(paths, 'utf8')))
  const here = new Map<number, number | null>()
  for (let at = 0; at < known.length; at += PIECE) {
    const piece = known.slice(at, at + PIECE)
    const ids = (await ask({ paths: piece.map(([, path]) => path) })) as (number | null)[]
    piece.forEach(([number], i) => here.set(number, ids[i] ?? null))
  }
  for (const name of await filesWithNumbers(originals)) {
    const text = await readFile(join(originals, name), 'utf8')
    await writeFile(
      join(folder, name),
      renumbered(name, text, (id) => here.get(id) ?? NOWHERE),
    )
  }
  return [...here.values()].every((id) => id !== null)
}

function pathsOf(value: unknown): [number, string][] {
  if (typeof value !== 'object' || value === null) return []
  const entries = Object.entries(value).map(([id, path]): [number, unknown] => [Number(id), path])
  return entries.filter((entry): entry is [number, string] => typeof entry[1] === 'string')
}

/** A file with other numbers; empty for a damaged one, of which nobody can read anything. */
export function renumbered(name: string, text: string, to: Renumber): string {
  try {
    if (!name.endsWith('.jsonl')) return JSON.stringify(JSON.parse(text, renumberKey(to)))
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => renumberedLine(line, to))
      .join('')
  } catch {
    return ''
  }
}

function renumberedLine(line: string, to: Renumber): string {
  const { video, near, ...rest } = JSON.parse(line) as PredictionLine
  const named = near?.map(([id, ...of]) => [to(id), ...of])
  return `${JSON.stringify({ video: to(video), ...rest, ...(named && { near: named }) })}\n`
}

function renumberKey(to: Renumber) {
  return (key: string, value: unknown): unknown => {
    if (key !== 'videoId') return value
    return Array.isArray(value) ? (value as number[]).map(to) : to(value as number)
  }
}
