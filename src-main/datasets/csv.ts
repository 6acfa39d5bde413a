/** One record of a CSV text. */
export interface CsvRecord {
  fields: string[]
  /** Line on which it begins, counted from 1. */
  line: number
  /** False where a quote is not closed or is followed by something that is no delimiter. */
  wellFormed: boolean
}

/** What may stand between fields: spreadsheets of some countries write semicolons. */
export type Delimiter = ',' | ';' | '\t'

/** The delimiter that a header has most of; a comma where it has none. */
export function delimiterOf(header: string): Delimiter {
  const [line] = header.replace(/^\uFEFF/, '').split(/[\r\n]/, 1)
  const count = (delimiter: string): number => line.split(delimiter).length
  const others: Delimiter[] = [';', '\t']
  return others.find((one) => count(one) > count(',')) ?? ','
}

/**
 * Reads CSV (RFC 4180) under any line ending: fields in double quotes may hold delimiters, line
 * breaks and doubled quotes. Blank lines are left out. A quote that is never closed ends with its line, so
 * that it costs that line alone.
 */
export function* parseCsv(
  text: string,
  delimiter: Delimiter = ',',
): Generator<CsvRecord, void, undefined> {
  let line = 1
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length;) {
    const { record, end, breaks } = readRecord(text, at, { line, delimiter })
    if (record.fields.length > 1 || record.fields[0].trim() !== '') yield record
    line += breaks
    at = end
  }
}

function readRecord(
  text: string,
  begin: number,
  { line, delimiter }: { line: number; delimiter: Delimiter },
): { record: CsvRecord; end: number; breaks: number } {
  const fields: string[] = []
  let at = begin
  let breaks = 0
  for (;;) {
    const field = text[at] === '"' ? quoted(text, at, delimiter) : bare(text, at, delimiter)
    if (field === null) return brokenLine(text, begin, { line, delimiter })
    fields.push(field.value)
    breaks += field.breaks
    at = field.end
    if (text[at] !== delimiter) break
    at++
  }
  const end = afterBreak(text, at)
  return { record: { fields, line, wellFormed: true }, end, breaks: breaks + 1 }
}

interface Field {
  value: string
  /** Offset of the delimiter or the line break behind it. */
  end: number
  /** Line breaks in it. */
  breaks: number
}

const BARE: Record<Delimiter, RegExp> = { ',': /[,\r\n]/g, ';': /[;\r\n]/g, '\t': /[\t\r\n]/g }

function bare(text: string, at: number, delimiter: Delimiter): Field {
  const end = untilBreak(text, at, BARE[delimiter])
  return { value: text.slice(at, end), end, breaks: 0 }
}

/** Null where the quote is not closed, or is closed within the field. */
function quoted(text: string, at: number, delimiter: Delimiter): Field | null {
  const pattern = /"([^"]*(?:""[^"]*)*)"/y
  pattern.lastIndex = at
  const found = pattern.exec(text)
  const end = pattern.lastIndex
  if (!found || (end < text.length && !`${delimiter}\r\n`.includes(text[end]))) return null
  const breaks = found[1].match(/\r\n|\n|\r/g)?.length ?? 0
  return { value: found[1].replaceAll('""', '"'), end, breaks }
}

function brokenLine(
  text: string,
  begin: number,
  { line, delimiter }: { line: number; delimiter: Delimiter },
): { record: CsvRecord; end: number; breaks: number } {
  const end = untilBreak(text, begin, /[\r\n]/g)
  const record = { fields: text.slice(begin, end).split(delimiter), line, wellFormed: false }
  return { record, end: afterBreak(text, end), breaks: 1 }
}

function untilBreak(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.index ?? text.length
}

function afterBreak(text: string, at: number): number {
  return at + (text.startsWith('\r\n', at) ? 2 : 1)
}
