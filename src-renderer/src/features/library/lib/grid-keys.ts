/**
 * Where a key leads in a list that is laid out in rows; null: the key is none of the list's.
 * @param page rows in sight
 */
export function placeAfter(
  key: string,
  at: number,
  { columns, page, total }: { columns: number; page: number; total: number },
): number | null {
  const steps: Record<string, number> = {
    ArrowRight: columns > 1 ? 1 : NaN,
    ArrowLeft: columns > 1 ? -1 : NaN,
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: columns * Math.max(1, page - 1),
    PageUp: -columns * Math.max(1, page - 1),
    Home: -at,
    End: total - 1 - at,
  }
  const step = steps[key]
  if (step === undefined || Number.isNaN(step) || total === 0) return null
  const to = at + step
  if (to >= 0 && to < total) return to
  // A row up or down that is not there leaves the place; a page goes as far as there is.
  if (key.startsWith('Page')) return to < 0 ? at % columns : total - 1
  if (key !== 'ArrowDown') return at
  const hasRowBelow = Math.floor(at / columns) < Math.floor((total - 1) / columns)
  return hasRowBelow ? total - 1 : at
}
