/** The slots of those that stay, and the lowest free ones for those that come. */
export function takeSlots(
  before: ReadonlyMap<number, number>,
  ids: readonly number[],
): Map<number, number> {
  const taken = new Set(ids.flatMap((id) => before.get(id) ?? []))
  let next = 0
  return new Map(
    ids.map((id) => {
      const own = before.get(id)
      if (own !== undefined) return [id, own]
      while (taken.has(next)) next++
      taken.add(next)
      return [id, next]
    }),
  )
}
