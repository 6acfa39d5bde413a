import { z } from 'zod'
import { defineArtefact, wholeNumber } from '../artefact.ts'

const schema = z.object({
  kind: z.literal('map'),
  classes: z.array(z.string()),
  /** UMAP's (McInnes et al., 2018). */
  neighbours: wholeNumber,
  minDistance: z.number(),
  /** Videos there are; fewer are shown where there are too many. */
  total: wholeNumber,
  /** One entry a video, all lists in the same order. */
  points: z.object({
    videoId: z.array(wholeNumber),
    x: z.array(z.number()),
    y: z.array(z.number()),
    label: z.array(wholeNumber),
    /** 1: test video, 0: training video. */
    test: z.array(wholeNumber),
  }),
})
export type MapArtefact = z.infer<typeof schema>

export const mapArtefact = defineArtefact<MapArtefact>({
  schema,
  byVideo: {
    head: ['split', 'x', 'y'],
    rows: ({ points, classes }, names) => {
      const { videoId, x, y, label, test } = points
      return videoId.map((id, i) => [
        ...[id, names.video(id), classes[label[i]] ?? ''],
        ...[test[i] ? 'test' : 'train', x[i], y[i]],
      ])
    },
  },
})
