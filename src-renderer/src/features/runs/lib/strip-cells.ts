import type { ClipStrip, StripRow } from '#shared/contract/clip-strip.ts'
import { methodNamed } from '#shared/methods/index.ts'

/** One clip of a strip as it is shown. */
export interface StripClip {
  video: string
  background: string | null
  pictures: { row: StripRow; label: string; meaning: string; at: number }[]
}

/** What is shown beside the views of the method. */
const steps: Readonly<Record<string, { label: string; meaning: string }>> = {
  mask: { label: 'Mask', meaning: 'What is kept of the clip: one mask for all its frames' },
  merged: {
    label: 'Merged',
    meaning: 'Its foreground on the other clip, in changed colours: what the encoder takes',
  },
}

/** The clips of a strip; `at` is a picture's row in the raster. @param method of the run */
export function stripClips({ clips, rows }: ClipStrip, method: string): StripClip[] {
  const { views } = methodNamed(method)
  return clips.map(({ video, background }, clip) => ({
    video,
    background,
    pictures: rows.map((row, i) => {
      const view = views.find(({ name }) => name === row)
      const isCut = i === 0 && background !== null
      const meaning = isCut ? 'The clip as it was cut' : view?.meaning
      const named = { label: view?.label ?? row, meaning: meaning ?? '' }
      return { row, ...(steps[row] ?? named), at: clip * rows.length + i }
    }),
  }))
}

/** CSS position of the `at`-th of `count` equal parts of a background. */
export function partAt(at: number, count: number): string {
  return `${count > 1 ? (100 * at) / (count - 1) : 0}%`
}
