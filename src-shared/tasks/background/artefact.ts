import { z } from 'zod'
import {
  defineArtefact,
  fameMaskSchema,
  interval,
  maskSourcesSchema,
  picture,
  share,
  wholeNumber,
} from '../artefact.ts'

export const BACKGROUND_CONDITIONS = [
  'original',
  'sameClass',
  'swapped',
  'backgroundOnly',
  'foregroundOnly',
] as const
export type BackgroundCondition = (typeof BACKGROUND_CONDITIONS)[number]
const conditionSchema = z.enum(BACKGROUND_CONDITIONS)

const backgroundExampleSchema = z.object({
  videoId: wholeNumber,
  /** Relative to the data set's folder. */
  path: z.string(),
  label: wholeNumber,
  /** Paths of the two videos that lent their backgrounds. */
  donors: z.object({ sameClass: z.string(), swapped: z.string() }),
  swappedLabel: wholeNumber,
  frames: z.number().int().min(1),
  /** Height and width of a frame in pixels. */
  size: z.number().int().min(1),
  pictures: z.record(conditionSchema, picture),
  /** The answer of the probe. */
  predicted: z.record(conditionSchema, wholeNumber),
})

const schema = z.object({
  kind: z.literal('background'),
  classes: z.array(z.string()),
  /** Which split lent the backgrounds. */
  backgrounds: z.enum(['train', 'test']),
  masks: maskSourcesSchema,
  fame: fameMaskSchema,
  conditions: z.array(
    z.object({
      name: conditionSchema,
      accuracy: share,
      /** 95 %, over the test videos (Wilson). */
      interval,
      perClass: z.array(z.object({ videos: wholeNumber, correct: wholeNumber })),
    }),
  ),
  /** How often the answer to a swapped video is the class of the video that lent the background. */
  pull: z.object({ share, interval, chance: share }),
  videos: wholeNumber,
  examples: z.array(backgroundExampleSchema),
})
export type BackgroundArtefact = z.infer<typeof schema>

/** Its answers to single videos are stored as predictions. */
export const backgroundArtefact = defineArtefact<BackgroundArtefact>({ schema })
