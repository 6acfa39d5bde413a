import type { SortKey, TaggedVideo } from '#shared/contract/library.ts'
import {
  baseName,
  formatBytes,
  formatCount,
  formatDate,
  formatNumber,
} from '../../../lib/format.ts'

/** A column of the table of videos. */
export interface VideoColumn {
  id: string
  label: string
  /** What the list can be sorted by. */
  key?: SortKey
  /** Aligned to the right. */
  number?: boolean
  /** CSS width of the track. */
  width: string
  /** Pixels that it needs at least. */
  least: number
  text: (video: TaggedVideo) => string | null
  /** Shown unless a person chooses otherwise. */
  usual: boolean
}

const fixed = (pixels: number) => ({ width: `${pixels}px`, least: pixels })
const flexible = (least: number, share: number) => ({
  width: `minmax(${least}px, ${share}fr)`,
  least,
})

export const videoColumns: readonly VideoColumn[] = [
  {
    id: 'path',
    label: 'Video',
    key: 'path',
    usual: true,
    ...flexible(110, 2.4),
    text: ({ path }) => baseName(path),
  },
  {
    id: 'class',
    label: 'Class',
    key: 'class',
    usual: true,
    ...flexible(80, 1.3),
    text: (video) => video.class,
  },
  { id: 'split', label: 'Split', usual: true, ...fixed(44), text: ({ split }) => split },
  {
    id: 'frames',
    label: 'Frames',
    key: 'length',
    number: true,
    usual: true,
    ...fixed(60),
    text: ({ frames }) => (frames === null ? null : formatCount(frames)),
  },
  {
    id: 'rate',
    label: 'Rate',
    number: true,
    usual: false,
    ...fixed(52),
    text: ({ fps }) => (fps === null ? null : formatNumber(fps)),
  },
  {
    id: 'picture',
    label: 'Picture',
    number: true,
    usual: true,
    ...fixed(84),
    text: ({ width, height }) => (width === null ? null : `${width} × ${height}`),
  },
  {
    id: 'size',
    label: 'Size',
    key: 'size',
    number: true,
    usual: true,
    ...fixed(68),
    text: ({ size }) => (size === null ? null : formatBytes(size)),
  },
  {
    id: 'date',
    label: 'Date',
    key: 'date',
    number: true,
    usual: false,
    ...fixed(92),
    text: ({ modified }) => (modified === null ? null : formatDate(modified)),
  },
  { id: 'codec', label: 'Codec', usual: false, ...fixed(68), text: ({ codec }) => codec },
  {
    id: 'tags',
    label: 'Tags',
    usual: true,
    ...flexible(56, 1),
    text: ({ tags }) => tags.join(', ') || null,
  },
  {
    id: 'error',
    label: 'Error',
    key: 'error',
    usual: true,
    ...flexible(56, 1.2),
    text: ({ error }) => error,
  },
]

export const usualColumns: readonly string[] = videoColumns
  .filter(({ usual }) => usual)
  .map(({ id }) => id)

/** Columns in their order; the video itself is always there. */
export function columnsOf(ids: readonly string[]): readonly VideoColumn[] {
  return videoColumns.filter(({ id }) => id === 'path' || ids.includes(id))
}
