import { tasks } from '#shared/tasks/index.ts'
import type { ResultColumn } from '../../../lib/result-table.ts'

/** Scores shown of each protocol where not all are wanted. */
const STRICTEST = 2

/**
 * The columns that are shown. Of many scores the strictest two of each protocol say most.
 * @param shown protocols that have columns; left out, all of them
 */
export function shownColumns(
  columns: readonly ResultColumn[],
  { allScores, shown }: { allScores: boolean; shown?: readonly string[] },
): ResultColumn[] {
  const seen = new Map<string, number>()
  return columns.filter(({ protocol, apart }) => {
    if (shown && !shown.includes(protocol)) return false
    const place = seen.get(`${protocol} ${apart}`) ?? 0
    seen.set(`${protocol} ${apart}`, place + 1)
    return allScores || place < STRICTEST
  })
}

export interface ColumnHead {
  key: string
  label: string
  /** How the settings differ from the defaults; '' where they do not. */
  apart: string
  /** Columns below it. */
  span: number
}

/** Heads over the columns of one protocol with the same settings. */
export function columnHeads(columns: readonly ResultColumn[]): ColumnHead[] {
  const heads: ColumnHead[] = []
  for (const { protocol, apart } of columns) {
    const key = `${protocol} ${apart}`
    const last = heads.at(-1)
    if (last?.key === key) last.span += 1
    else heads.push({ key, label: tasks[protocol].label, apart, span: 1 })
  }
  return heads
}
