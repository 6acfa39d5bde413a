import { artefactSchema, type Artefact } from '#shared/contract/explain.ts'

/** What the text of an artefact says; null where there is none, or it is damaged. */
export function readArtefact(text: string | null): Artefact | null {
  if (text === null) return null
  try {
    return artefactSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
