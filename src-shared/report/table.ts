import { csvCell } from './csv-cell.ts'

/** A table for people, to be written in the format they paste it into. */
export interface TextTable {
  header: readonly string[]
  rows: readonly (readonly string[])[]
  /** Columns of words, aligned left; the others are numbers. Default: the first. */
  words?: readonly number[]
  /** The best value of each column, by row and column: set in bold where the format can. */
  best?: readonly (readonly [row: number, column: number])[]
}

/** Formats of `formatTable`, with their file endings. */
export const tableFormats = { markdown: 'md', csv: 'csv', latex: 'tex' } as const
export type TableFormat = keyof typeof tableFormats

/** A table as text that ends with a new line. */
export function formatTable(table: TextTable, format: TableFormat): string {
  return writers[format](table)
}

const writers: Record<TableFormat, (table: TextTable) => string> = {
  markdown: ({ header, ...table }) => {
    const rule = header.map((_, column) => (isWords(table, column) ? '---' : '---:'))
    const cell = (text: string): string => text.replace(/([|\\])/g, '\\$1').replace(/\s+/g, ' ')
    const lines = cells(table, cell, (text) => `**${text}**`)
    return [header.map(cell), rule, ...lines].map((row) => `| ${row.join(' | ')} |\n`).join('')
  },
  csv: ({ header, rows }) =>
    [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join(''),
  latex: ({ header, ...table }) => {
    const columns = header.map((_, column) => (isWords(table, column) ? 'l' : 'r')).join('')
    const line = (row: readonly string[]): string => `${row.join(' & ')} \\\\\n`
    const body = cells(table, escapeLatex, (text) => `\\textbf{${text}}`).map(line)
    return (
      `\\begin{tabular}{${columns}}\n\\toprule\n${line(header.map(escapeLatex))}\\midrule\n` +
      `${body.join('')}\\bottomrule\n\\end{tabular}\n`
    )
  },
}

function isWords({ words = [0] }: Pick<TextTable, 'words'>, column: number): boolean {
  return words.includes(column)
}

function cells(
  { rows, best = [] }: Pick<TextTable, 'rows' | 'best'>,
  escape: (text: string) => string,
  bold: (text: string) => string,
): string[][] {
  return rows.map((row, r) =>
    row.map((text, c) => {
      const escaped = escape(text)
      return best.some(([row, column]) => row === r && column === c) ? bold(escaped) : escaped
    }),
  )
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  β: '$\\beta$',
  '×': '$\\times$',
  '−': '$-$',
  '–': '--',
  '≈': '$\\approx$',
  '≠': '$\\neq$',
}

function escapeLatex(text: string): string {
  return text.replace(/[\\~^±β×−–≈≠&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`)
}
