import type { Artefact } from '#shared/tasks/artefact.ts'

/** What the text of an artefact says; null where there is none, or it is damaged. */
export function readArtefact<Content>(
  { schema }: Artefact<Content>,
  text: string | null,
): Content | null {
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
