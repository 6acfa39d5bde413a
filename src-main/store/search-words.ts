/**
 * What the full-text index stores of a video: the words of its path and class, and the parts of
 * names written together, so that `eye` finds `ApplyEyeMakeup`.
 */
export function searchWords(path: string, name: string | null): string {
  const text = name === null ? path : `${path} ${name}`
  const parts = text.replace(/(?<=\p{Ll}|\p{N})(?=\p{Lu})/gu, ' ')
  return parts === text ? text : `${text} ${parts}`
}

/** Most words of a search that count. */
const TERMS = 8

/** The words of what was typed; each stands for all words that begin with it. */
export function searchTerms(typed: string): string[] {
  const words = typed.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  return [...new Set(words.map((word) => word.toLowerCase()))].slice(0, TERMS)
}
