import type { ClipStrip, StripRow } from '#shared/contract/clip-strip.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import { baseName } from '../../../lib/format.ts'
import { backgroundWords, placeWords, viewWords } from './drawn-words.ts'

/** One clip of a strip as it is shown. */
export interface StripClip {
  video: string
  /** What is behind the first view, such as `on b.avi`; null where it keeps its own background. */
  behind: string | null
  /** Where its views start in the video; null where a strip does not say. */
  places: string | null
  /** What was drawn for each view, where that is anything. */
  drawn: { label: string; words: string }[]
  pictures: { row: StripRow; label: string; meaning: string; at: number }[]
}

/** What is shown beside the views of the method. */
const steps: Readonly<Record<string, { label: string; meaning: string }>> = {
  mask: { label: 'Mask', meaning: 'The part of the clip that is kept; all frames share one mask' },
  merged: {
    label: 'Merged',
    meaning:
      'The clip’s foreground on another clip, with augmented colours; the input of the encoder',
  },
}

/** The clips of a strip; `at` is a picture's row in the raster. @param config of the run */
export function stripClips({ clips, rows }: ClipStrip, config: PretrainConfig): StripClip[] {
  const views = viewsOf(config)
  return clips.map((clip, i) => ({
    video: clip.video,
    behind: behindOf(clip),
    places: clip.views ? placeWords(clip.views) : null,
    drawn: (clip.views ?? []).flatMap((drawn, v) => {
      const words = viewWords(drawn, views[v]).join(', ')
      return words === '' ? [] : [{ label: views[v]?.label ?? `Clip ${v + 1}`, words }]
    }),
    pictures: rows.map((row, r) => {
      const view = views.find(({ name }) => name === row)
      const isCut = r === 0 && rows.includes('merged')
      const meaning = isCut ? 'The clip as cut from its video' : view?.meaning
      const named = { label: view?.label ?? row, meaning: meaning ?? '' }
      return { row, ...(steps[row] ?? named), at: i * rows.length + r }
    }),
  }))
}

function behindOf({ background, views }: ClipStrip['clips'][number]): string | null {
  const lender = background === null ? null : baseName(background)
  const [first] = views ?? []
  if (first) return backgroundWords(first, lender)
  return lender === null ? null : `on ${lender}`
}

/** CSS position of the `at`-th of `count` equal parts of a background. */
export function partAt(at: number, count: number): string {
  return `${count > 1 ? (100 * at) / (count - 1) : 0}%`
}

/** The least width of a card with so many pictures side by side: cards of one picture are narrow. */
export function cardWidth(pictures: number): string {
  const [picture, gap, edges] = [160, 8, 26]
  return `${Math.min(300, pictures * picture + (pictures - 1) * gap + edges)}px`
}
