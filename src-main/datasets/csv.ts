/** One record of a CSV text. */
export interface CsvRecord {
  fields: string[]
  /** Line on which it begins, counted from 1. */
  line: number
  /** False where a quote is not closed or is followed by something that is no comma. */
  wellFormed: boolean
}

/**
 * Reads CSV (RFC 4180) under any line ending: fields in double quotes may hold commas, line breaks
 * and doubled quotes. Blank lines are left out. A quote that is never closed ends with its line, so
 * that it costs that line alone.
 */
export function* parseCsv(text: string): Generator<CsvRecord, void, undefined> {
  let line = 1
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length;) {
    const { record, end, breaks } = readRecord(text, at, line)
    if (record.fields.length > 1 || record.fields[0].trim() !== '') yield record
    line += breaks
    at = end
  }
}

function readRecord(
  text: string,
  begin: number,
  line: number,
): { record: CsvRecord; end: number; breaks: number } {
  const fields: string[] = []
  let at = begin
  let breaks = 0
  for (;;) {
    const field = text[at] === '"' ? quoted(text, at) : bare(text, at)
    if (field === null) return brokenLine(text, begin, line)
    fields.push(field.value)
    breaks += field.breaks
    at = field.end
    if (text[at] !== ',') break
    at++
  }
  const end = afterBreak(text, at)
  return { record: { fields, line, wellFormed: true }, end, breaks: breaks + 1 }
}

interface Field {
  value: string
  /** Offset of the comma or the line break behind it. */
  end: number
  /** Line breaks in it. */
  breaks: number
}

function bare(text: string, at: number): Field {
  const end = untilBreak(text, at, /[,\r\n]/g)
  return { value: text.slice(at, end), end, breaks: 0 }
}

/** Null where the quote is not closed, or is closed within the field. */
function quoted(text: string, at: number): Field | null {
  const pattern = /"([^"]*(?:""[^"]*)*)"/y
  pattern.lastIndex = at
  const found = pattern.exec(text)
  const end = pattern.lastIndex
  if (!found || (end < text.length && !',\r\n'.includes(text[end]))) return null
  const breaks = found[1].match(/\r\n|\n|\r/g)?.length ?? 0
  return { value: found[1].replaceAll('""', '"'), end, breaks }
}

function brokenLine(
  text: string,
  begin: number,
  line: number,
): { record: CsvRecord; end: number; breaks: number } {
  const end = untilBreak(text, begin, /[\r\n]/g)
  const record = { fields: text.slice(begin, end).split(','), line, wellFormed: false }
  return { record, end: afterBreak(text, end), breaks: 1 }
}

function untilBreak(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.index ?? text.length
}

function afterBreak(text: string, at: number): number {
  return at + (text.startsWith('\r\n', at) ? 2 : 1)
}
