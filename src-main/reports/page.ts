import type { TextTable } from '#shared/report/table.ts'
import { escapeMarkup } from '#shared/text/markup.ts'
import { STYLE } from './style.ts'

interface PageOptions {
  /** Room for tables with many columns. Default false. */
  wide?: boolean
}

/** A whole HTML page that needs nothing else: no network, no script, dark and light. */
export function renderPage(title: string, body: string, options: PageOptions = {}): string {
  return `${openPage(title, options)}${body}\n${closePage}`
}

/** The beginning of a page that is written piece by piece. */
export function openPage(title: string, options: PageOptions = {}): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
<main${options.wide ? ' class="wide"' : ''}>
`
}

/** What stands under all that a page says. */
export const closePage = '</main>\n</html>\n'

export function renderTable({ header, rows, words = [0], best = [] }: TextTable): string {
  const classOf = (row: number, column: number): string => {
    const isBest = best.some(([r, c]) => r === row && c === column)
    const names = [words.includes(column) && 'words', isBest && 'best'].filter(Boolean)
    return names.length > 0 ? ` class="${names.join(' ')}"` : ''
  }
  const head = header.map((text, c) => `<th${classOf(-1, c)}>${escapeMarkup(text)}</th>`)
  const body = rows.map((row, r) => {
    const cells = row.map((text, c) => `<td${classOf(r, c)}>${escapeMarkup(text)}</td>`)
    return `<tr>${cells.join('')}</tr>`
  })
  return (
    `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div>`
  )
}
