/**
 * Splits the columns of a table into bands that fit its width. Each band is drawn as a table of its own
 * below the one before, so that nothing scrolls sideways.
 * @param groups columns that stay together where a band has room for all of them
 * @param room of a band beside the names of its rows, in px; 0 while it is not known: one band
 * @param widthOf a column, in px
 */
export function columnBands<Column>(
  groups: readonly (readonly Column[])[],
  room: number,
  widthOf: (column: Column) => number,
): Column[][] {
  if (room <= 0) return [groups.flat()]
  const total = (columns: readonly Column[]) =>
    columns.reduce((sum, column) => sum + widthOf(column), 0)
  const bands: Column[][] = []
  const add = (columns: readonly Column[]) => {
    const last = bands.at(-1)
    if (last && total(last) + total(columns) <= room) last.push(...columns)
    else bands.push([...columns])
  }
  for (const group of groups) {
    if (total(group) <= room) add(group)
    else for (const column of group) add([column])
  }
  return bands
}
