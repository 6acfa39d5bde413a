import { z } from 'zod'
import {
  defineArtefact,
  fameMaskSchema,
  maskSourcesSchema,
  picture,
  share,
  wholeNumber,
} from '../artefact.ts'

const activationVideoSchema = z.object({
  videoId: wholeNumber,
  path: z.string(),
  label: wholeNumber,
  mask: maskSourcesSchema.keyof(),
  /** Share of the activation above the clip's least that lies in the foreground. */
  inside: share,
  /** Share of the pixels that are foreground: what an even map would have inside. */
  area: share,
  /** Whether the largest activation lies in the foreground. */
  peakInside: z.boolean(),
  /** Left out where no pictures were written of the video. */
  pictures: z
    .object({
      frames: z.number().int().min(1),
      size: z.number().int().min(1),
      clip: picture,
      /** Activation, grey: white is the clip's largest. */
      heat: picture,
      /** Foreground, white. */
      mask: picture,
    })
    .optional(),
})

/** What one network's maps show. */
const mapsSchema = z.object({
  /** Of the feature map: time, height, width. */
  mapShape: z.tuple([wholeNumber, wholeNumber, wholeNumber]),
  /** Mean and deviation over the videos. */
  inside: z.object({ mean: share, deviation: z.number() }),
  area: z.object({ mean: share }),
  videos: z.array(activationVideoSchema),
})
const modality = z.enum(['rgb', 'flow'])

const schema = mapsSchema.extend({
  kind: z.literal('activation'),
  classes: z.array(z.string()),
  masks: maskSourcesSchema,
  fame: fameMaskSchema,
  /** What the network takes; older evaluations do not say. */
  modality: modality.optional(),
  /** The maps of further networks of the run, of the same clips; left out where one is evaluated. */
  others: z.array(mapsSchema.extend({ modality })).optional(),
})
export type ActivationArtefact = z.infer<typeof schema>

export const activationArtefact = defineArtefact<ActivationArtefact>({
  schema,
  byVideo: {
    head: ['stream', 'mask', 'inside', 'area', 'peak inside'],
    rows: ({ videos, classes, modality: own = '', others = [] }) =>
      [{ modality: own, videos }, ...others].flatMap((stream) =>
        stream.videos.map(({ videoId, path, label, mask, inside, area, peakInside }) => [
          ...[videoId, path, classes[label] ?? '', stream.modality],
          ...[mask, inside, area, Number(peakInside)],
        ]),
      ),
  },
})
