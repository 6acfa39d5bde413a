/** Pages of `size` items that hold the items from `first` to `last`, page 0 aside. */
export function pagesOf(
  { first, last }: { first: number; last: number },
  size: number,
  total: number,
): number[] {
  if (total === 0) return []
  const from = Math.max(1, Math.floor(Math.max(0, first) / size))
  const to = Math.floor(Math.min(last, total - 1) / size)
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
}

export interface GridMeasure {
  columns: number
  /** Pixels. */
  cardWidth: number
  rowHeight: number
}

/** As many columns as fit; all measures in pixels. */
export function measureGrid(
  width: number,
  least: number,
  gap: number,
  caption: number,
): GridMeasure {
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)))
  const cardWidth = Math.max(1, (width - gap * (columns - 1)) / columns)
  return { columns, cardWidth, rowHeight: Math.round((cardWidth * 3) / 4) + caption + gap }
}
