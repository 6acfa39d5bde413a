/** Longest name of a run. */
const LONGEST = 200

/** A name like `like` that no run has: `FAME short (2)`. */
export function nextName(like: string, taken: readonly string[]): string {
  const known = new Set(taken)
  if (!known.has(like)) return like
  const [, stem = like] = /^(.*?)(?: \(\d+\))?$/s.exec(like) ?? []
  for (let n = 2; ; n++) {
    const ending = ` (${n})`
    const name = stem.slice(0, LONGEST - ending.length) + ending
    if (!known.has(name)) return name
  }
}
