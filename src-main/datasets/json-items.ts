/** One element of an array in a JSON text. */
export interface JsonItem {
  /** The element's own text, not yet parsed. */
  text: string
  /** Line on which it begins, counted from 1. */
  line: number
}

/**
 * Splits the text of a JSON array into its elements without parsing them, so that each can be said
 * to stand on a line and a malformed one costs only itself. Null where the text is no array.
 */
export function jsonItems(text: string): JsonItem[] | null {
  const begin = text.search(/\S/)
  if (text[begin] !== '[') return null
  const items: JsonItem[] = []
  const take = (from: number, to: number): void => {
    const lead = /^\s*/.exec(text.slice(from, to))![0].length
    const own = text.slice(from + lead, to).trimEnd()
    if (own !== '') items.push({ text: own, line: from + lead })
  }
  let depth = 0
  let from = begin + 1
  // A string, whole or cut off, or one structural character.
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"?|[[\]{},]/gs)) {
    if (index < begin) continue
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth === 0 || (depth === 1 && token === ',')) {
      take(from, index)
      from = index + 1
    }
    if (depth === 0) return withLines(text, items)
  }
  take(from, text.length)
  return withLines(text, items)
}

/** Turns offsets, which ascend, into lines. */
function withLines(text: string, items: readonly JsonItem[]): JsonItem[] {
  let line = 1
  let at = 0
  return items.map(({ text: own, line: offset }) => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < offset;) {
      line++
      at = next + 1
      next = text.indexOf('\n', at)
    }
    return { text: own, line }
  })
}
