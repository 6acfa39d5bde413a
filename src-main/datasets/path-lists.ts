import type { Split } from '#shared/contract/videos.ts'
import { contentLines, excerpt, stem } from './files.ts'
import type { ListEntry } from './match-files.ts'
import type { Warnings } from './warnings.ts'

/** `<path> <class number>`; lists of extracted frames have their count in between. */
const LINE = /^(\S.*?)((?:\s+\d+){1,2})$/

/** Whether a text begins as a list of paths and class numbers of files with such names. */
export function isPathList(text: string, ownStem: RegExp): boolean {
  const [first] = contentLines(text)
  const path = first && LINE.exec(first.content)?.[1]
  return path !== undefined && ownStem.test(stem(path))
}

/**
 * Reads a list as mmaction2 and its relatives keep them: lines of `<path> <class number>`, of one
 * split. A class is named by `classNames` (from 0), else by the path's last folder. Malformed lines
 * are warned of and left out. A key is the file's name without its extension.
 */
export function parsePathList(
  text: string,
  options: { label: string; split: Split | null; classNames: readonly string[] | null },
  warnings: Warnings,
): ListEntry[] {
  const { label: list, split, classNames } = options
  const entries: ListEntry[] = []
  for (const { line, content } of contentLines(text)) {
    const [, path, numbers] = LINE.exec(content) ?? []
    if (path === undefined || numbers === undefined) {
      const problem = `expected '<path> <class number>', got '${excerpt(content)}'`
      warnings.add('malformed', list, line, problem)
      continue
    }
    const number = Number(numbers.trim().split(/\s+/).at(-1))
    const named = classNames?.[number]
    if (classNames !== null && named === undefined) {
      warnings.add('class', list, line, `class ${number} is not in the list of class names`)
    }
    const folder = path.split('/').at(-2) ?? null
    entries.push({ key: stem(path), name: path, class: named ?? folder, split, list, line })
  }
  return entries
}
