import { z } from 'zod'
import { progressSchema } from './runs.ts'

/** What the trainer measured of a configuration: one batch, not a whole step of several. */
export const stepTimingSchema = z.object({
  device: z.enum(['CPU', 'GPU']),
  deviceName: z.string(),
  precision: z.string(),
  /** Videos in the largest batch that was timed; less than the configuration's is scaled up. */
  timed: z.number().int(),
  /** Time that the encoder takes for a batch, in seconds. */
  compute: z.number(),
  /** Time from batch to batch where videos are decoded, in seconds. */
  first: z.number(),
  /** The same where their frames are in memory already. */
  later: z.number(),
  /** Part of the videos whose frames stay in memory, in [0, 1]. */
  kept: z.number(),
  /** Largest memory of the trainer, in bytes; without that of a GPU. */
  memory: z.number(),
})
export type StepTiming = z.infer<typeof stepTimingSchema>

/** What a run will take, as far as a short trial can tell. */
export const estimateSchema = z.object({
  timing: stepTimingSchema,
  /** ISO 8601. */
  measuredAt: z.string(),
  /** Once the first epoch is over. */
  secondsPerStep: z.number(),
  /** Of these, the time that the trainer waits for clips. */
  waitPerStep: z.number(),
  /** Of the whole run, without evaluations. */
  seconds: z.number(),
  /** Main memory of the machine, in bytes. */
  machineMemory: z.number(),
  /** What the run takes on disk at most, in bytes. */
  disk: z.number(),
  /** Bytes. */
  freeDisk: z.number(),
  /** Bytes of one checkpoint. */
  checkpoint: z.number(),
  /** What stands against it, each with what to do. */
  warnings: z.array(z.string()),
})
export type Estimate = z.infer<typeof estimateSchema>

export const runPlanSchema = z.object({
  /** Training videos that can be read. */
  videos: z.number().int(),
  steps: z.number().int(),
  /** Why there are too few videos for such a run; null where there are enough. */
  problem: z.string().nullable(),
  /** The last estimate for these settings on this machine; null where there is none. */
  estimate: estimateSchema.nullable(),
  /** What the trainer is busy with, so that nothing can be measured now. */
  busy: z.string().nullable(),
})
export type RunPlan = z.infer<typeof runPlanSchema>

export const estimateEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  z.object({ type: z.literal('warning'), message: z.string() }),
  z.object({ type: z.literal('estimate'), estimate: estimateSchema }),
])
export type EstimateEvent = z.infer<typeof estimateEventSchema>

/** Checked by the trainer, in this order. */
export const rehearsedChecks = ['engine', 'videos', 'step', 'checkpoint'] as const
export type RehearsedCheck = (typeof rehearsedChecks)[number]

/** Everything that a dry run checks, in order. */
export const dryRunChecks = [
  'settings',
  'dataset',
  'evaluations',
  'disk',
  ...rehearsedChecks,
] as const
export type DryRunCheck = (typeof dryRunChecks)[number]

export const checkResultSchema = z.object({
  check: z.enum(dryRunChecks),
  /** `skipped`: one before it failed. */
  state: z.enum(['running', 'ok', 'failed', 'skipped']),
  /** What was seen, or what is wrong and what to do about it. */
  detail: z.string(),
})
export type CheckResult = z.infer<typeof checkResultSchema>

export const dryRunEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('check'), result: checkResultSchema }),
  z.object({ type: z.literal('warning'), message: z.string() }),
  z.object({ type: z.literal('done'), ok: z.boolean() }),
])
export type DryRunEvent = z.infer<typeof dryRunEventSchema>
