import { z } from 'zod'
import { PROTOCOLS } from '../config/protocols.ts'
import { metricPointSchema, progressSchema, runStatusSchema } from './runs.ts'

export const protocolSchema = z.enum(PROTOCOLS)
export type Protocol = z.infer<typeof protocolSchema>

export const evaluationResultSchema = z.object({
  /** top1, top5 (linear) or R@1, R@5, R@10, R@20, R@50 (retrieval); in [0, 1]. */
  scores: z.record(z.string(), z.number()),
  classes: z.array(z.string()),
  /** Rows: true class; columns: predicted class (linear) or class of the nearest neighbour. */
  confusion: z.array(z.array(z.number().int())),
  trainVideos: z.number().int(),
  testVideos: z.number().int(),
  seconds: z.number(),
})
export type EvaluationResult = z.infer<typeof evaluationResultSchema>

export const evaluationSchema = z.object({
  id: z.number().int(),
  /** null: a randomly initialised encoder. */
  runId: z.number().int().nullable(),
  runName: z.string(),
  datasetId: z.number().int(),
  protocol: protocolSchema,
  status: runStatusSchema,
  result: evaluationResultSchema.nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  error: z.string().nullable(),
  /** Where it stands in the queue, runs included: the least goes first. */
  place: z.number(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const startEvaluationSchema = z.object({
  /** A run's id, or null for a randomly initialised encoder of `preset`'s shape. */
  runId: z.number().int().nullable(),
  preset: z.string().optional(),
  datasetId: z.number().int().optional(),
  protocol: protocolSchema,
  /** Evenly spaced centre-crop clips a video; the reference takes 10. */
  clips: z.number().int().min(1).max(100).default(10),
})
export type StartEvaluation = z.input<typeof startEvaluationSchema>

export const evaluationEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('evaluation'), evaluation: evaluationSchema }),
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  z.object({ type: z.literal('metrics'), points: z.array(metricPointSchema) }),
  z.object({ type: z.literal('warning'), message: z.string() }),
])
export type EvaluationEvent = z.infer<typeof evaluationEventSchema>
