import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesWithNumbers, renumbered, type Ask } from './renumber.ts'

/** Numbers in one question. */
const PIECE = 1000

/** Writes the paths of all videos that an evaluation's files name, by their numbers, as JSON. */
export async function writePaths(folder: string, to: string, ask: Ask): Promise<void> {
  const ids = new Set<number>()
  const collect = (id: number): number => {
    ids.add(id)
    return id
  }
  for (const name of await filesWithNumbers(folder)) {
    renumbered(name, await readFile(join(folder, name), 'utf8'), collect)
  }
  const numbers = [...ids].sort((a, b) => a - b)
  const paths: Record<number, string> = {}
  for (let at = 0; at < numbers.length; at += PIECE) {
    const piece = numbers.slice(at, at + PIECE)
    const found = await ask({ ids: piece })
    piece.forEach((id, i) => {
      const path = found[i]
      if (typeof path === 'string') paths[id] = path
    })
  }
  await writeFile(to, `${JSON.stringify(paths, null, 2)}\n`)
}
