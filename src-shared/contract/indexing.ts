import { z } from 'zod'

export const datasetFormats = [
  'ucf101',
  'hmdb51',
  'diving48',
  'diving48-v1',
  'kinetics',
  'something-something-v2',
  'davis',
  'folder',
] as const
export const datasetFormatSchema = z.enum(datasetFormats)
export type DatasetFormat = z.infer<typeof datasetFormatSchema>

/** What each format is called, and what its folder has. */
export const formatTitles: Record<DatasetFormat, { title: string; layout: string }> = {
  ucf101: { title: 'UCF101', layout: 'UCF-101/<Class>/v_*.avi with ucfTrainTestlist' },
  hmdb51: { title: 'HMDB51', layout: '<class>/*.avi with <class>_test_split1.txt' },
  diving48: { title: 'Diving48 V2', layout: 'rgb/*.mp4 with Diving48_V2_train.json' },
  'diving48-v1': { title: 'Diving48 V1', layout: 'rgb/*.mp4 with Diving48_train.json' },
  kinetics: { title: 'Kinetics', layout: '<id>_<start>_<end>.mp4 with lists in CSV' },
  'something-something-v2': {
    title: 'Something-Something V2',
    layout: '20bn-something-something-v2/<number>.webm with labels/train.json',
  },
  davis: {
    title: 'DAVIS',
    layout: 'JPEGImages/480p/<sequence>/*.jpg with Annotations/480p and ImageSets',
  },
  folder: { title: 'Class folders', layout: '[train|val|test]/<class>/* without lists' },
}

/** Formats whose authors give three splits of the same videos. */
export const formatsWithSplitLists: readonly DatasetFormat[] = ['ucf101', 'hmdb51']

/** Frames a second of folders of frames, which do not say: those of most data sets. */
export const FRAME_RATE = 25

export const indexRequestSchema = z.object({
  /** On the machine where the workbench runs. */
  folder: z.string().min(1),
  /** `auto` recognises it from what the folder has. */
  format: z.enum(['auto', ...datasetFormats]).default('auto'),
  /** Folder of the lists where they do not lie with the videos. */
  annotations: z.string().min(1).optional(),
  /** Which of three splits, for formats in `formatsWithSplitLists`; others have one. Without it the first. */
  splitList: z.number().int().min(1).max(3).optional(),
  /**
   * Frames a second of folders of frames. Without it what was said at the last indexing, else
   * `FRAME_RATE`.
   */
  frameRate: z.number().min(0.01).max(1000).optional(),
  /** Decode every video that has not been decoded through yet: slow, and finds damage within. */
  verify: z.boolean().optional(),
})
export type IndexRequest = z.input<typeof indexRequestSchema>

export const warningKinds = [
  'missing',
  'unlisted',
  'class',
  'duplicate',
  'malformed',
  'unreadable',
  'skipped',
  'split',
] as const
export const warningKindSchema = z.enum(warningKinds)
export type WarningKind = z.infer<typeof warningKindSchema>

/** How many warnings of each kind there were; kinds without any are left out. */
export const warningCountsSchema = z.partialRecord(warningKindSchema, z.number().int().min(1))
export type WarningCounts = z.infer<typeof warningCountsSchema>

const kindTitles: Record<WarningKind, string> = {
  missing: 'listed but not on disk',
  unlisted: 'on disk but in no list',
  class: 'unknown or contradictory class',
  duplicate: 'duplicate',
  malformed: 'malformed line',
  unreadable: 'list or folder that cannot be read',
  skipped: 'file left out',
  split: 'video without a split',
}

/** `listed but not on disk: 3, duplicate: 1`; nothing where there were no warnings. */
export function describeWarnings(counts: WarningCounts): string {
  return warningKinds
    .filter((kind) => counts[kind] !== undefined)
    .map((kind) => `${kindTitles[kind]}: ${counts[kind]}`)
    .join(', ')
}
