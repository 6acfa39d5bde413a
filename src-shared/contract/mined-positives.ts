import { z } from 'zod'
import { progressSchema } from './runs.ts'

/** The clip of a run whose positives are asked for; see `viewsRequestSchema`. */
export const minedRequestSchema = z.object({
  runId: z.number().int(),
  batch: z.number().int().min(0),
  slot: z.number().int().min(0),
})
export type MinedRequest = z.output<typeof minedRequestSchema>

const minedPositiveSchema = z.object({
  batch: z.number().int(),
  slot: z.number().int(),
  /** Null where it is not known. */
  class: z.string().nullable(),
  /** Cosine similarity by the network that mines. */
  similarity: z.number(),
  /** A clip of the same recording, which is a positive whatever its similarity. */
  isSameSource: z.boolean(),
  /** Whether its class is that of the clip; null where one of them is not known. */
  isRight: z.boolean().nullable(),
})
export type MinedPositive = z.output<typeof minedPositiveSchema>

/** What a method takes as positives of a clip, the most similar first. */
export const minedPositivesSchema = z.object({
  /** Steps of the checkpoint. */
  step: z.number().int(),
  /** The phase that mines so, as it is called. */
  phase: z.string(),
  /** The view that the network that mines looks at. */
  view: z.number().int(),
  /** Clips among which they were found: the newest of the queue. */
  candidates: z.number().int(),
  positives: z.array(minedPositiveSchema),
})
export type MinedPositives = z.output<typeof minedPositivesSchema>

export const minedEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  z.object({ type: z.literal('mined'), mined: minedPositivesSchema }),
])
export type MinedEvent = z.output<typeof minedEventSchema>
