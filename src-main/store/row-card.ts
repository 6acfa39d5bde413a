import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { z } from 'zod'
import { writeAtomicSync } from '../base/files/atomic-write.ts'
import type { Project } from './project.ts'
import type { RawRow } from './row-transfer.ts'

/** In the folder of a run or an evaluation: its row, from which a lost database is rebuilt. */
export const ROW_CARD = 'row.json'

const rawRowSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))
const cardSchema = z.object({
  format: z.literal('fame-row'),
  version: z.literal(1),
  row: rawRowSchema,
  /** Row of the data set that it is of. */
  dataset: rawRowSchema,
})

export interface RowCard {
  row: RawRow
  dataset: RawRow
}

/**
 * Writes the row of a run or an evaluation into its folder. The card is a copy for the case that the
 * database is lost: a disk that refuses it costs nothing else.
 */
export function writeRowCard(project: Project, table: 'runs' | 'evaluations', id: number): void {
  const { transfer } = project.store
  const folder = table === 'runs' ? project.runFolder(id) : project.evaluationFolder(id)
  const row = transfer.read(table, id)
  const dataset = row && transfer.read('datasets', Number(row.dataset_id))
  if (!row || !dataset) return
  const file = join(folder, ROW_CARD)
  try {
    mkdirSync(folder, { recursive: true })
    const card = JSON.stringify({ format: 'fame-row', version: 1, row, dataset })
    writeAtomicSync(file, card, { flush: 'none' })
  } catch {
    // The database has the row.
  }
}

/** Writes the cards of what ended before there were cards, in a project that an older workbench made. */
export async function writeMissingCards(project: Project): Promise<void> {
  const { runs, evaluations } = project.store
  for (const { id, finishedAt } of runs.list()) {
    const folder = project.runFolder(id)
    if (finishedAt === null || !existsSync(folder) || existsSync(join(folder, ROW_CARD))) continue
    writeRowCard(project, 'runs', id)
    await breathe()
  }
  for (const { id, finishedAt } of evaluations.list()) {
    if (finishedAt === null || existsSync(join(project.evaluationFolder(id), ROW_CARD))) continue
    writeRowCard(project, 'evaluations', id)
    await breathe()
  }
}

/** The card in a folder; null where there is none, or it is damaged or of another number. */
export function readRowCard(folder: string, id: number): RowCard | null {
  try {
    const card = cardSchema.parse(JSON.parse(readFileSync(join(folder, ROW_CARD), 'utf8')))
    return card.row.id === id ? card : null
  } catch {
    return null
  }
}
