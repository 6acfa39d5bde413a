/** What a run's folder for other machines holds. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Run } from '#shared/contract/runs.ts'

export const layout = {
  /** `FolderCard`: what this is, for people and for the import. */
  card: 'run.json',
  /** SHA-256 of every other file, as `sha256sum -c` reads it. */
  sums: 'SHA256SUMS',
  /** Rows of the run, its measurements and its evaluations. */
  rows: 'run.sqlite',
  settings: 'settings.yaml',
  curves: 'curves.csv',
  evaluations: 'evaluations.json',
  /** The run's own folder in its project. */
  files: 'files',
  logs: 'logs',
  /** `evaluations/<id>`: the folders of its evaluations. */
  evaluationFiles: 'evaluations',
  /** `<id>.json`: paths of the videos that the files of an evaluation name by numbers. */
  evaluationVideos: 'evaluation-videos',
} as const

/** In a run's own folder: the videos that it takes, and by line what tells their content. */
export const videoFiles = { list: 'videos.jsonl', contents: 'video-contents.txt' } as const

/**
 * In an imported evaluation's folder: its files as they were, as long as videos that they name by
 * number are missing, and the paths of these videos.
 */
export const originals = { folder: 'imported', paths: 'videos.json' } as const

export const folderCardSchema = z.object({
  format: z.literal('fame-run'),
  version: z.literal(1),
  uid: z.string().regex(/^[0-9a-f]{64}$/),
  /** ISO 8601. */
  exportedAt: z.string(),
  workbench: z.string(),
  /** Name of the project. */
  project: z.string(),
  /** The run's number there. */
  run: z.number().int(),
  name: z.string(),
  /** Data set of its videos, and how many of them it takes; 0 where it takes none. */
  dataset: z.object({ name: z.string(), videos: z.number().int() }),
})
export type FolderCard = z.infer<typeof folderCardSchema>

/** Tells a run from every other, in whichever project; it stays when the run moves. */
export function uidOf({ id, createdAt, imported }: Run): string {
  if (imported) return imported.uid
  // Without its settings, of which a later workbench knows more.
  return createHash('sha256')
    .update(JSON.stringify([id, createdAt]))
    .digest('hex')
}
