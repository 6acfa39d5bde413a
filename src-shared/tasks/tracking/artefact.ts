import { z } from 'zod'
import { summarise } from '../../tracking/track-score.ts'
import { TRACKERS, trackerDescriptors } from '../../tracking/trackers/names.ts'
import { defineArtefact, picture, share, wholeNumber } from '../artefact.ts'

/** What tracks: the evaluated encoder, and what it is measured against. */
export const TRACKED_BY = ['encoder', ...TRACKERS] as const
export const trackedBySchema = z.enum(TRACKED_BY)
export type TrackedBy = z.infer<typeof trackedBySchema>

/** As tables and legends write it. */
export function trackerLabel(name: TrackedBy): string {
  return name === 'encoder' ? 'Encoder' : trackerDescriptors[name].label
}

/** Whether a tracker is given the objects of the first frame. */
export function isGivenFirst(name: TrackedBy): boolean {
  return name === 'encoder' || trackerDescriptors[name].isGivenFirst
}

/** J and F of an object in each frame that counts: all but the first and the last. */
const objectSchema = z.object({ j: z.array(share), f: z.array(share) })

const tracksSchema = z.partialRecord(trackedBySchema, z.array(objectSchema))
export type Tracks = z.infer<typeof tracksSchema>

const videoSchema = z.object({
  videoId: wholeNumber,
  path: z.string(),
  /** That were tracked, with the first and the last. */
  frames: wholeNumber,
  objects: wholeNumber,
  /** Objects in the order of their labels; without a first frame, all of them as one. */
  tracks: tracksSchema,
  /** Left out where no pictures were written of the video. */
  pictures: z
    .object({
      frames: z.number().int().min(1),
      height: z.number().int().min(1),
      width: z.number().int().min(1),
      clip: picture,
      /** Labels of the pixels as grey values. */
      truth: picture,
      tracks: z.partialRecord(trackedBySchema, picture),
    })
    .optional(),
})
export type TrackedVideoRow = z.infer<typeof videoSchema>

const schema = z.object({
  kind: z.literal('tracking'),
  /** Cells of the encoder's feature map: height, width; of the first video. */
  grid: z.tuple([wholeNumber, wholeNumber]),
  videos: z.array(videoSchema),
})
export type TrackingArtefact = z.infer<typeof schema>

const rounded = (value: number): number => Number(value.toFixed(4))

export const trackingArtefact = defineArtefact<TrackingArtefact>({
  schema,
  byVideo: {
    head: ['tracker', 'objects', 'frames', 'J&F', 'J', 'F', 'J recall', 'J decay'],
    rows: ({ videos }) =>
      videos.flatMap(({ videoId, path, frames, tracks }) =>
        TRACKED_BY.flatMap((name) => {
          const summary = summarise(tracks[name] ?? [])
          if (!summary) return []
          const { j, f, both, objects } = summary
          const scores = [both, j.mean, f.mean, j.recall, j.decay].map(rounded)
          return [[videoId, path, '', trackerLabel(name), objects, frames, ...scores]]
        }),
      ),
  },
})
