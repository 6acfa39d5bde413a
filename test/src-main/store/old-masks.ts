import type { Database } from 'better-sqlite3'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { xorRuns } from '#shared/masks/runs.ts'

const NO_FIELDS = { state: 'untouched', notes: '', beta: null, edited: false }
const ORIGIN = { beta: 0.5, variant: 'fame', adaptive: false, compensate: false, size: 112 }

/**
 * Writes the mask of the clip of 16 frames from 0 of video 1 as workbenches before masks by frame
 * did: a first stroke on FAME's mask, a second one, and a third that was undone.
 */
export function writeOldMask(
  db: Database,
  size: { width: number; height: number },
  fame: number[],
  strokes: [number[], number[], number[]],
): void {
  const mask = strokes.slice(0, 2).reduce(xorRuns, fame)
  const fields = { ...NO_FIELDS, state: 'corrected', edited: true, origin: ORIGIN, ...size }
  const bare = { ...NO_FIELDS, origin: null, width: null, height: null }
  db.prepare(
    `INSERT INTO masks (id, video_id, start, frames, stride, state, author, changed_at, origin,
       width, height, fame, mask, edited, revision)
     VALUES (1, 1, 0, 16, 1, 'corrected', 'Ada', '2026-01-01T00:00:00.000Z', ?, ?, ?, ?, ?, 1, 4)`,
  ).run(JSON.stringify(ORIGIN), size.width, size.height, packRuns(fame), packRuns(mask))
  const add = db.prepare(
    `INSERT INTO mask_edits (mask_id, label, change, fame_change, before, after, author, made_at,
       undone) VALUES (1, 'brush', ?, ?, ?, ?, 'Ada', '2026-01-01T00:00:00.000Z', ?)`,
  )
  strokes.forEach((stroke, i) => {
    const change = packRuns(i === 0 ? xorRuns(fame, stroke) : stroke)
    const [before, after] = [i === 0 ? bare : fields, fields].map((value) => JSON.stringify(value))
    add.run(change, i === 0 ? packRuns(fame) : null, before, after, Number(i === 2))
  })
}
