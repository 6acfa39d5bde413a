import { once } from 'node:events'
import { printable } from '#shared/text/printable.ts'

/**
 * What the program answers goes to standard output, everything else to standard error, so that
 * `--json` can be piped.
 */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** One JSON value on one line. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

/** Waits until a slow reader of standard output has caught up, so that nothing piles up here. */
export async function drained(): Promise<void> {
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
}

/** A remark for the person at the terminal. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** What to type to go on with a run. */
export function resumeCommand(run: number, project: string): string {
  const folder = /[^\w./-]/.test(project) ? `'${project.replaceAll("'", `'\\''`)}'` : project
  return `bin/fame pretrain --resume ${run} --project ${folder}`
}

/** Rows as aligned columns under a header, on a line each. Numbers are set to the right. */
export function table(header: string[], rows: (string | number | null)[][]): string {
  const cells = rows.map((row) =>
    row.map((cell) => (cell === null ? '-' : printable(String(cell)))),
  )
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column].length)),
  )
  const numeric = header.map((_, column) => rows.some((row) => typeof row[column] === 'number'))
  const line = (row: string[]): string =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd()
  return [line(header), ...cells.map(line)].join('\n')
}

/** 75 -> `1:15`, 3675 -> `1:01:15`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] > 0 ? parts : parts.slice(1)
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}
