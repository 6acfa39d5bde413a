import { z } from 'zod'
import type { Split } from '#shared/contract/videos.ts'
import { jsonItems } from './json-items.ts'
import { parseItem } from './json-lists.ts'
import type { ListEntry } from './match-files.ts'
import type { Warnings } from './warnings.ts'

export const VOCABULARY = 'Diving48_vocab.json'

const wordsSchema = z.array(z.string()).min(1)

/**
 * Reads Diving48_vocab.json: an array of arrays of words, one a class. A class is shown as its words,
 * such as `Back 15som 05Twis FREE`. A malformed element is warned of and keeps its number. Null where
 * the file is no array.
 */
export function parseVocabulary(
  text: string,
  label: string,
  warnings: Warnings,
): (string | null)[] | null {
  const items = jsonItems(text)
  if (items === null) {
    warnings.add('malformed', label, 1, 'expected an array of classes')
    return null
  }
  const seen = new Set<string>()
  return items.map((item) => {
    const words = parseItem(item, wordsSchema, { label, what: 'an array of words' }, warnings)
    const name = words?.join(' ') ?? null
    if (name !== null && seen.has(name)) {
      warnings.add('duplicate', label, item.line, `class ${name} is listed twice`)
    }
    if (name !== null) seen.add(name)
    return name
  })
}

const diveSchema = z.object({ vid_name: z.string().min(1), label: z.number().int().min(0) })

/**
 * Reads a list of dives: an array of objects with `vid_name` and `label`, a number of the vocabulary
 * counted from 0. Malformed elements are warned of and left out, unknown classes warned of. A key is
 * the video's name without its extension.
 */
export function parseDiving48List(
  text: string,
  {
    split,
    label: list,
    classes,
  }: { split: Split; label: string; classes: readonly (string | null)[] | null },
  warnings: Warnings,
): ListEntry[] {
  const items = jsonItems(text)
  if (items === null) {
    warnings.add('malformed', list, 1, 'expected an array of dives')
    return []
  }
  const entries: ListEntry[] = []
  for (const item of items) {
    const what = 'an object with vid_name and label'
    const dive = parseItem(item, diveSchema, { label: list, what }, warnings)
    if (dive === null) continue
    const name = classes?.[dive.label] ?? null
    if (classes !== null && name === null) {
      warnings.add('class', list, item.line, `class ${dive.label} is not in ${VOCABULARY}`)
    }
    const className = name ?? `class ${String(dive.label).padStart(2, '0')}`
    entries.push({ key: dive.vid_name, class: className, split, list, line: item.line })
  }
  return entries
}
