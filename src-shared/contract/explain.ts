import { z } from 'zod'

/**
 * What the explaining protocols leave behind beside their scores: one JSON file an evaluation, named
 * after its protocol, and pictures. A picture of a clip is a strip: its frames side by side, PNG.
 */
const share = z.number().min(0).max(1)
const interval = z.tuple([share, share])
const picture = z.string().regex(/^[a-z0-9.-]+\.png$/)
const wholeNumber = z.number().int().min(0)

/** Whose foreground was used: how many clips had which. */
const maskSourcesSchema = z.object({
  /** True masks beside the videos, frame by frame. */
  true: wholeNumber,
  /** Corrected by a person, or approved. */
  corrected: wholeNumber,
  approved: wholeNumber,
  /** FAME's own, at the foreground ratio in force. */
  fame: wholeNumber,
})
export type MaskSources = z.infer<typeof maskSourcesSchema>

/** What FAME's masks were made with, where they were. */
const fameMaskSchema = z.object({ variant: z.string(), beta: z.number() })

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

export const backgroundArtefact = z.object({
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
export type BackgroundArtefact = z.infer<typeof backgroundArtefact>

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

export const activationArtefact = z.object({
  kind: z.literal('activation'),
  classes: z.array(z.string()),
  /** Of the feature map: time, height, width. */
  mapShape: z.tuple([wholeNumber, wholeNumber, wholeNumber]),
  masks: maskSourcesSchema,
  fame: fameMaskSchema,
  /** Mean and deviation over the videos. */
  inside: z.object({ mean: share, deviation: z.number() }),
  area: z.object({ mean: share }),
  videos: z.array(activationVideoSchema),
})
export type ActivationArtefact = z.infer<typeof activationArtefact>

const distributionSchema = z.object({
  /** Weights. */
  count: wholeNumber,
  mean: z.number(),
  deviation: z.number(),
  min: z.number(),
  max: z.number(),
  /** 1 %, 25 %, 50 %, 75 %, 99 %. */
  quantiles: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]),
  /** Share of the weights in each of equal bins from `from` to `to`; the outer ones hold the tails. */
  density: z.object({ from: z.number(), to: z.number(), shares: z.array(share) }),
})
export type Distribution = z.infer<typeof distributionSchema>

const kernelLayerSchema = z.object({
  /** PyTorch's name of its weight. */
  name: z.string(),
  /** [out, in, t, h, w] */
  shape: z.array(wholeNumber),
  all: distributionSchema,
  /** One a place in time. */
  taps: z.array(distributionSchema),
  /**
   * Share of the kernels' energy that is change over time: sum of squares about each kernel's mean
   * over time, over the sum of squares. 0 averages frames; weights without order give (t - 1) / t.
   */
  change: share,
})
export type KernelLayer = z.infer<typeof kernelLayerSchema>

export const kernelsArtefact = z.object({
  kind: z.literal('kernels'),
  /** From the input on; layers whose kernels span more than one frame. */
  layers: z.array(kernelLayerSchema),
})
export type KernelsArtefact = z.infer<typeof kernelsArtefact>

export const mapArtefact = z.object({
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
export type MapArtefact = z.infer<typeof mapArtefact>

export const artefactSchema = z.discriminatedUnion('kind', [
  backgroundArtefact,
  activationArtefact,
  kernelsArtefact,
  mapArtefact,
])
export type Artefact = z.infer<typeof artefactSchema>
