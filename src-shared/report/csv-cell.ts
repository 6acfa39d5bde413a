/** Decimal numbers as people and programs write them: `-2.5`, `+1`, `1e-3`, `59.4%`. */
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?$/
/**
 * What makes a spreadsheet run a cell as a formula, full-width forms included, also behind white
 * space and control characters, which some of them skip.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}'"]*[=+\-@＝＋－＠]/u
/** White space and control characters in front hide what follows from other readers. */
const HIDDEN_START = /^[\t\r\n\p{Cc}]/u

/**
 * A cell of comma-separated values (RFC 4180). Numbers stay as they are. Text that a spreadsheet would
 * run as a formula gets an apostrophe in front and quotes around it, so that it is shown as text.
 */
export function csvCell(text: string): string {
  if (NUMBER.test(text)) return text
  const isRun = FORMULA.test(text) || HIDDEN_START.test(text)
  const safe = isRun ? `'${text}` : text
  return isRun || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
