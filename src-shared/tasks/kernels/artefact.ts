import { z } from 'zod'
import { defineArtefact, share, wholeNumber } from '../artefact.ts'

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

const schema = z.object({
  kind: z.literal('kernels'),
  /** From the input on; layers whose kernels span more than one frame. */
  layers: z.array(kernelLayerSchema),
})
export type KernelsArtefact = z.infer<typeof schema>

export const kernelsArtefact = defineArtefact<KernelsArtefact>({ schema })
