import { z } from 'zod'
import type { PretrainConfig } from '../config/hyper-parameters.ts'

export const runStatusSchema = z.enum([
  'queued',
  'running',
  'stopping',
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

export const progressSchema = z.object({
  phase: z.string(),
  done: z.number(),
  total: z.number(),
  /** `unit`s a second. */
  rate: z.number(),
  unit: z.string(),
  secondsLeft: z.number().nullable(),
})
export type Progress = z.infer<typeof progressSchema>

/** Checked against the hyper-parameter table by `completeConfig`. */
export const pretrainConfigSchema = z.custom<PretrainConfig>(
  (value) => typeof value === 'object' && value !== null,
)

export const runSchema = z.object({
  id: z.number().int(),
  name: z.string(),
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
})
export type Run = z.infer<typeof runSchema>

export const startRunSchema = z.object({
  name: z.string().min(1).max(200).optional(),
  datasetId: z.number().int().optional(),
  preset: z.string().optional(),
  /** Hyper-parameters that differ from the preset. */
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
})
export type StartRun = z.input<typeof startRunSchema>

/** What a subscriber of one run sees: all metrics so far, then what is new, coalesced. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: runSchema }),
  z.object({ type: z.literal('metrics'), points: z.array(metricPointSchema) }),
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  z.object({ type: z.literal('warning'), message: z.string() }),
])
export type RunEvent = z.infer<typeof runEventSchema>
