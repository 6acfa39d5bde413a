import { z } from 'zod'
import type { PretrainConfig } from '../config/pretrain-config.ts'
import { PROTOCOLS } from '../tasks/index.ts'

export const runStatusSchema = z.enum([
  'queued',
  'running',
  'stopping',
  /** Waits, with its checkpoint, until somebody resumes it; it keeps its place. */
  'paused',
  'stopped',
  'done',
  'failed',
])
export type RunStatus = z.infer<typeof runStatusSchema>

export const metricPointSchema = z.object({
  /** Optimiser steps done when this was measured. */
  step: z.number().int(),
  /** loss, accuracy (of the contrastive task), lr, ... */
  name: z.string(),
  value: z.number(),
})
export type MetricPoint = z.infer<typeof metricPointSchema>

/** All parts of a job, where they are known before it begins. */
const planSchema = z.object({
  /** How long each took; null for one that has not ended. */
  phases: z.array(z.object({ name: z.string(), seconds: z.number().nullable() })),
  /** Index of the current one. */
  at: z.number().int(),
  /** Share of the whole work that is done, in [0, 1]. */
  share: z.number(),
  /** Of the whole job; null while it cannot be known. */
  secondsLeft: z.number().nullable(),
})

export const progressSchema = z.object({
  phase: z.string(),
  done: z.number(),
  total: z.number(),
  /** `unit`s a second. */
  rate: z.number(),
  unit: z.string(),
  /** Of this phase. */
  secondsLeft: z.number().nullable(),
  plan: planSchema.optional(),
})
export type Progress = z.infer<typeof progressSchema>

/** Checked against the hyper-parameter table by `completeConfig`. */
export const pretrainConfigSchema = z.custom<PretrainConfig>(
  (value) => typeof value === 'object' && value !== null,
)

/**
 * Which masks the merged clips of a run got, up to its last step or checkpoint. Clips of the query,
 * or of both branches where both are merged; with FAME on none it is all zeros but for `redrawn`.
 */
export const maskUseSchema = z.object({
  /** Made by FAME. */
  fame: z.number().int(),
  /** Corrected by hand. */
  corrected: z.number().int(),
  /** Approved as they are stored. */
  approved: z.number().int(),
  /** Clips, merged or not, whose first draw fell on a rejected window; they were drawn again. */
  redrawn: z.number().int(),
})
export type MaskUse = z.infer<typeof maskUseSchema>

/** What a run took from the Masks view when it first started; later changes do not reach it. */
export const runCorrectionsSchema = z.object({
  /** Windows with a mask that was corrected. */
  corrected: z.number().int(),
  /** Windows with a mask that was approved. */
  approved: z.number().int(),
  rejected: z.number().int(),
  /** Videos for which a foreground ratio is set, for clips of them or their class. */
  betas: z.number().int(),
  /** Videos without a clip that is not rejected; the run does not take them. */
  leftOut: z.number().int(),
})
export type RunCorrections = z.infer<typeof runCorrectionsSchema>

/** An evaluation that follows when a run is done. */
export const chainedEvaluationSchema = z.object({
  protocol: z.enum(PROTOCOLS),
  clips: z.number().int().min(1).max(100).default(10),
  /** Left out: the data set of the run. */
  datasetId: z.number().int().optional(),
})
export type ChainedEvaluation = z.infer<typeof chainedEvaluationSchema>

/** By colour channel, RGB. */
const channelsSchema = z.tuple([z.number(), z.number(), z.number()]).readonly()

/** What a run was made with, so that it can be made again. */
export const madeWithSchema = z.object({
  workbench: z.string(),
  /** Of the source, where it is a git checkout. */
  commit: z.string().nullable(),
  /** Whether the source had changes that were not committed. */
  changed: z.boolean(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  /** SHA-256 of the list of videos, in its order; null before the first start. */
  videos: z.string().nullable(),
  /** How the encoder's clips are scaled; see `InputScaling`. Older runs, all scaled as Kinetics, lack it. */
  scaling: z.object({ mean: channelsSchema, deviation: channelsSchema }).optional(),
})
export type MadeWith = z.infer<typeof madeWithSchema>

/** Where a run that another project made comes from. */
export const importedSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  /** Name of the project, and the run's number there. */
  project: z.string(),
  run: z.number().int(),
  /** Tells the run from every other, in whichever project. */
  uid: z.string(),
  /** The data set without which it cannot go on; null once this project has its videos. */
  missing: z.object({ name: z.string(), videos: z.number().int() }).nullable(),
  /** False while it is taken in. */
  whole: z.boolean(),
})
export type Imported = z.infer<typeof importedSchema>

/** What people note of a run. */
export const runNotesSchema = z.object({
  name: z.string().trim().min(1).max(200),
  notes: z.string().max(20_000),
  tags: z.array(z.string().trim().min(1).max(60)).max(50),
  starred: z.boolean(),
  archived: z.boolean(),
})
export type RunNotes = z.infer<typeof runNotesSchema>

export const runSchema = z.object({
  id: z.number().int(),
  status: runStatusSchema,
  config: pretrainConfigSchema,
  datasetId: z.number().int(),
  step: z.number().int(),
  totalSteps: z.number().int(),
  /** ISO 8601. */
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  device: z.string().nullable(),
  error: z.string().nullable(),
  /** Null before the first start, and where corrections are not used. */
  corrections: runCorrectionsSchema.nullable(),
  /** Null before the first step. */
  maskUse: maskUseSchema.nullable(),
  ...runNotesSchema.shape,
  /** When it was put into the trash; null while it is not there. */
  trashedAt: z.string().nullable(),
  /** Where it stands in the queue: the least goes first. */
  place: z.number(),
  chain: z.array(chainedEvaluationSchema),
  /** Name of the sweep it belongs to. */
  sweep: z.string().nullable(),
  madeWith: madeWithSchema.nullable(),
  /** Null for a run of this project. */
  imported: importedSchema.nullable(),
})
export type Run = z.infer<typeof runSchema>

export const settingSchema = z.union([z.number(), z.string(), z.boolean()])

export const startRunSchema = z.object({
  name: z.string().min(1).max(200).optional(),
  datasetId: z.number().int().optional(),
  preset: z.string().optional(),
  /** Hyper-parameters that differ from the preset. */
  values: z.record(z.string(), settingSchema).default({}),
  /** Evaluations that follow when it is done. */
  chain: z.array(chainedEvaluationSchema).max(20).default([]),
})
export type StartRun = z.input<typeof startRunSchema>

/** Several runs that differ in some settings; they share the rest, and are kept together by a name. */
export const startSweepSchema = startRunSchema.extend({
  name: z.string().trim().min(1).max(100),
  grid: z.record(z.string(), z.array(settingSchema).max(200)),
  seeds: z.array(z.number().int().min(0)).max(200).optional(),
})
export type StartSweep = z.input<typeof startSweepSchema>

/** What a subscriber of one run sees: all metrics so far, then what is new, coalesced. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: runSchema }),
  z.object({ type: z.literal('metrics'), points: z.array(metricPointSchema) }),
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  /** There is a new strip of clips, of this step. */
  z.object({ type: z.literal('strip'), step: z.number().int() }),
  /** The method has made pictures after this step. */
  z.object({ type: z.literal('pictures'), step: z.number().int() }),
  z.object({ type: z.literal('warning'), message: z.string() }),
])
export type RunEvent = z.infer<typeof runEventSchema>
