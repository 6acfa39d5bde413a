import type { ClipStrip, StripRow } from '#shared/contract/clip-strip.ts'

/** One clip of a strip as it is shown. */
export interface StripClip {
  video: string
  background: string | null
  pictures: { row: StripRow; label: string; meaning: string; at: number }[]
}

const names: Record<StripRow, { label: string; meaning: string }> = {
  query: { label: 'Query', meaning: 'The clip as it was cut' },
  mask: { label: 'Mask', meaning: 'What is kept of the query: one mask for all its frames' },
  merged: {
    label: 'Merged',
    meaning: 'Its foreground on the other clip, in changed colours: what the encoder takes',
  },
  key: {
    label: 'Key',
    meaning: 'The other clip of the video, in changed colours: what is to be found again',
  },
}
const unmerged = 'One clip of the video, in changed colours: what the encoder takes'

/** The clips of a strip; `at` is a picture's row in the raster. */
export function stripClips({ clips, rows }: ClipStrip): StripClip[] {
  return clips.map(({ video, background }, clip) => ({
    video,
    background,
    pictures: rows.map((row, i) => ({
      row,
      label: names[row].label,
      meaning: row === 'query' && background === null ? unmerged : names[row].meaning,
      at: clip * rows.length + i,
    })),
  }))
}

/** CSS position of the `at`-th of `count` equal parts of a background. */
export function partAt(at: number, count: number): string {
  return `${count > 1 ? (100 * at) / (count - 1) : 0}%`
}
