/** What tasks leave beside their scores: one JSON file an evaluation, named after its task, and
 * pictures. A picture of a clip is a strip: its frames side by side, PNG. */
import { z } from 'zod'

export type Cell = string | number

/** Names of what is stored by number. */
export interface Names {
  video: (id: number) => string
  /** '' for a class that there is not. */
  label: (of: number) => string
}

/** The schema of a task's file, and how single videos are read from it. */
export interface Artefact<Content = unknown> {
  schema: z.ZodType<Content>
  /** What it says of each video, as a table. Left out: nothing of single videos. */
  byVideo?: {
    /** Heads of the columns behind number, path and class of the video. */
    head: readonly string[]
    rows(content: Content, names: Names): Cell[][]
  }
}

/** Checks at compile time that the table of videos fits the schema. */
export function defineArtefact<Content>(artefact: Artefact<Content>): Artefact<Content> {
  return artefact
}

export const share = z.number().min(0).max(1)
export const interval = z.tuple([share, share])
export const picture = z.string().regex(/^[a-z0-9.-]+\.png$/)
export const wholeNumber = z.number().int().min(0)

/** Whose foreground was used: how many clips had which. */
export const maskSourcesSchema = z.object({
  /** True masks beside the videos, frame by frame. */
  true: wholeNumber,
  /** Corrected by a person, or approved. */
  corrected: wholeNumber,
  approved: wholeNumber,
  /** FAME's own, at the foreground ratio in force. */
  fame: wholeNumber,
})
export type MaskSources = z.infer<typeof maskSourcesSchema>

/** What FAME's masks were made with, where they were. */
export const fameMaskSchema = z.object({ variant: z.string(), beta: z.number() })
