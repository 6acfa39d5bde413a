import type { z } from 'zod'
import { excerpt } from './files.ts'
import type { JsonItem } from './json-items.ts'
import type { Warnings } from './warnings.ts'

/** An element of a list in JSON; null and a warning where it is not what was expected. */
export function parseItem<T>(
  { text, line }: JsonItem,
  schema: z.ZodType<T>,
  { label, what }: { label: string; what: string },
  warnings: Warnings,
): T | null {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    const got = excerpt(text.replaceAll(/\s+/g, ' '))
    warnings.add('malformed', label, line, `expected ${what}, got '${got}'`)
    return null
  }
}
