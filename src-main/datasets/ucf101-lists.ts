import { contentLines, excerpt } from './files.ts'
import type { Warnings } from './warnings.ts'

/** A line of a split list. */
export interface SplitEntry {
  /** `<Class>/v_*.avi`, as the list has it. */
  path: string
  class: string
  /** Counted from 1. */
  line: number
}

/**
 * Reads classInd.txt: lines of `<number> <Class>`. Malformed lines and repeated classes are warned
 * of and left out.
 */
export function parseClassIndex(
  text: string,
  file: string,
  warnings: Warnings,
): Map<string, number> {
  const classes = new Map<string, number>()
  for (const { line, content } of contentLines(text)) {
    const [, number, name] = /^(\d+)\s+(\S+)$/.exec(content) ?? []
    if (number === undefined || name === undefined) {
      warnings.add(
        'malformed',
        file,
        line,
        `expected '<number> <Class>', got '${excerpt(content)}'`,
      )
    } else if (classes.has(name)) {
      warnings.add('duplicate', file, line, `class ${name} is listed twice`)
    } else classes.set(name, Number(number))
  }
  return classes
}

/**
 * Reads trainlist or testlist: lines of `<Class>/v_*.avi`, in trainlist followed by the class's
 * number. Malformed lines and repeated files are warned of and left out; a class that `classes` does
 * not have, or has under another number, is warned of and kept. `classes` is null without a class
 * index to check against.
 */
export function parseSplitList(
  text: string,
  file: string,
  classes: ReadonlyMap<string, number> | null,
  warnings: Warnings,
): SplitEntry[] {
  const entries = new Map<string, SplitEntry>()
  for (const { line, content } of contentLines(text)) {
    const [, path, name, number] = /^(([^/\s]+)\/v_[^/]*\.\w+)(?:\s+(\d+))?$/i.exec(content) ?? []
    if (path === undefined || name === undefined) {
      warnings.add('malformed', file, line, `expected '<Class>/v_*.avi', got '${excerpt(content)}'`)
      continue
    }
    if (entries.has(path)) {
      warnings.add('duplicate', file, line, `${path} is listed twice`)
      continue
    }
    checkClass(name, number, classes, (problem) => warnings.add('class', file, line, problem))
    entries.set(path, { path, class: name, line })
  }
  return [...entries.values()]
}

function checkClass(
  name: string,
  number: string | undefined,
  classes: ReadonlyMap<string, number> | null,
  warn: (problem: string) => void,
): void {
  if (!classes) return
  const expected = classes.get(name)
  if (expected === undefined) warn(`class ${name} is not in classInd.txt`)
  else if (number !== undefined && Number(number) !== expected) {
    warn(`class ${name} has number ${number} here and ${expected} in classInd.txt`)
  }
}
