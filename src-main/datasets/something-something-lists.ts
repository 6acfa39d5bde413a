import { z } from 'zod'
import type { Split } from '#shared/contract/videos.ts'
import { delimiterOf, parseCsv } from './csv.ts'
import { jsonItems } from './json-items.ts'
import { parseItem } from './json-lists.ts'
import type { ListEntry } from './match-files.ts'
import type { Warnings } from './warnings.ts'

const itemSchema = z.object({
  id: z.union([z.string().min(1), z.number().int()]).transform(String),
  template: z.string().optional(),
})

/** `Holding [something] behind [something]` is the class `Holding something behind something`. */
export function classOfTemplate(template: string): string {
  return template.replaceAll(/[[\]]/g, '').trim()
}

/**
 * Reads a list of Something-Something V2: an array of objects with `id` and, but for the test's,
 * `template`. `answers` gives the test's classes. Malformed elements are warned of and left out. A
 * key is the id, which is the video's name without its extension.
 */
export function parseSomethingList(
  text: string,
  { label, split, answers }: { label: string; split: Split; answers: ReadonlyMap<string, string> },
  warnings: Warnings,
): ListEntry[] {
  const items = jsonItems(text)
  if (items === null) {
    warnings.add('malformed', label, 1, 'expected an array of videos')
    return []
  }
  const entries: ListEntry[] = []
  for (const item of items) {
    const what = 'an object with id and template'
    const video = parseItem(item, itemSchema, { label, what }, warnings)
    if (video === null) continue
    const { id, template } = video
    const name = template === undefined ? (answers.get(id) ?? null) : classOfTemplate(template)
    if (name === null && split !== 'test') {
      warnings.add('class', label, item.line, `video ${id} has no template, so it has no class`)
    }
    entries.push({ key: id, class: name, split, list: label, line: item.line })
  }
  return entries
}

/** Reads the answers to the test: lines of `<id>;<class>`. */
export function parseAnswers(text: string): Map<string, string> {
  const answers = new Map<string, string>()
  for (const { fields } of parseCsv(text, delimiterOf(text))) {
    const [id, name] = fields.map((field) => field.trim())
    if (/^\d+$/.test(id) && name) answers.set(id, classOfTemplate(name))
  }
  return answers
}
