import type { Split } from '#shared/contract/videos.ts'
import { delimiterOf, parseCsv, type CsvRecord } from './csv.ts'
import { excerpt } from './files.ts'
import type { ListEntry } from './match-files.ts'
import { splitOfName } from './split-names.ts'
import type { Warnings } from './warnings.ts'

const NEEDED = ['youtube_id', 'time_start', 'time_end'] as const
type Column = (typeof NEEDED)[number] | 'label' | 'split'
type Columns = Partial<Record<Column, number>>

/** Whether a text begins with the header of a Kinetics list. */
export function isKinetics(text: string): boolean {
  for (const { fields } of parseCsv(text, delimiterOf(text))) return columnsOf(fields) !== null
  return false
}

/**
 * Reads a Kinetics list: CSV, also with semicolons or tabs, under a header with `youtube_id`, `time_start` and `time_end` in
 * seconds, mostly with `label` and `split`, in any order and with others beside them. Lists of the
 * test have had no label. Where there is no `split`, `fallback` holds. Malformed records are warned
 * of and left out. A key is `<youtube_id>_<start, 6 digits>_<end, 6 digits>`.
 */
export function parseKineticsList(
  text: string,
  { label, fallback }: { label: string; fallback: Split | null },
  warnings: Warnings,
): ListEntry[] {
  const entries: ListEntry[] = []
  let columns: Columns | null = null
  let width = 0
  for (const record of parseCsv(text, delimiterOf(text))) {
    if (columns === null) {
      columns = columnsOf(record.fields)
      width = record.fields.length
      if (columns !== null) continue
      warnings.add('malformed', label, record.line, `expected a header with ${NEEDED.join(', ')}`)
      return []
    }
    const entry = readRecord(record, columns, { width, label, fallback })
    if (typeof entry !== 'string') entries.push(entry)
    else {
      const got = excerpt(record.fields.join(','))
      warnings.add('malformed', label, record.line, `${entry}, got '${got}'`)
    }
  }
  return entries
}

/** What the record says, or what was expected of it. */
function readRecord(
  { fields, line, wellFormed }: CsvRecord,
  columns: Columns,
  { width, label: list, fallback }: { width: number; label: string; fallback: Split | null },
): ListEntry | string {
  if (!wellFormed) return 'expected quotes that are closed'
  if (fields.length !== width) return `expected ${width} fields, not ${fields.length}`
  const value = (column: Column): string => fields[columns[column] ?? -1]?.trim() ?? ''
  const id = value('youtube_id')
  if (id === '' || id.includes('/')) return 'expected a youtube_id'
  const [start, end] = [seconds(value('time_start')), seconds(value('time_end'))]
  if (start === null || end === null || end <= start) return 'expected times in seconds'
  const split = value('split')
  const meant = splitOfName(split)
  // Kinetics-600 has holdout lists: these clips are in no split.
  if (split !== '' && meant === null && split.toLowerCase() !== 'holdout') {
    return 'expected the split train, val or test'
  }
  return {
    key: `${id}_${sixDigits(start)}_${sixDigits(end)}`,
    class: value('label') || null,
    split: split === '' ? fallback : meant,
    list,
    line,
  }
}

function columnsOf(fields: readonly string[]): Columns | null {
  const names = fields.map((field) => field.trim().toLowerCase())
  if (!NEEDED.every((name) => names.includes(name))) return null
  const known = [...NEEDED, 'label', 'split'] as const
  return Object.fromEntries(
    known.filter((name) => names.includes(name)).map((name) => [name, names.indexOf(name)]),
  )
}

function seconds(text: string): number | null {
  return /^\d+(\.\d*)?$/.test(text) ? Math.trunc(Number(text)) : null
}

function sixDigits(value: number): string {
  return String(value).padStart(6, '0')
}
