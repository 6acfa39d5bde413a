import { z } from 'zod'
import { float64Schema } from './packed.ts'

/** `time`: seconds since 1970, as the trainer measured them. */
export const curveAxisSchema = z.enum(['step', 'time'])
export type CurveAxis = z.infer<typeof curveAxisSchema>

/** Curves of one run, thinned for a window of x and a width in pixels. */
export const curvesRequestSchema = z.object({
  id: z.number().int(),
  /** Which ones; left out: all. */
  names: z.array(z.string().max(80)).max(64).optional(),
  axis: curveAxisSchema.default('step'),
  /** Window of x, both ends included; left out: everything. */
  from: z.number().optional(),
  to: z.number().optional(),
  /** Columns of pixels; up to four points are given for each. */
  columns: z.number().int().min(8).max(2000).default(400),
  /** Weight of the past in the exponential average, [0, 1). */
  smoothing: z.number().min(0).max(0.9999).default(0),
})
export type CurvesRequest = z.input<typeof curvesRequestSchema>

const curvePointSchema = z.object({ x: z.number(), value: z.number() })
export type CurvePoint = z.infer<typeof curvePointSchema>

/** What a run measured last of each metric, by its name. */
export const runValuesSchema = z.object({
  id: z.number().int(),
  values: z.record(z.string(), curvePointSchema),
})
export type RunValues = z.infer<typeof runValuesSchema>

export const thinCurveSchema = z.object({
  name: z.string(),
  /** Points of the whole curve. */
  count: z.number().int(),
  x: float64Schema,
  y: float64Schema,
  /** The average, thinned likewise; null without smoothing. */
  smooth: z.object({ x: float64Schema, y: float64Schema }).nullable(),
  /** What the average has gathered at the last point, to go on from. */
  average: z.object({ average: z.number(), total: z.number() }),
  first: curvePointSchema,
  last: curvePointSchema,
  /** Null where neither end is the good one, and before the queue is full for what needs that. */
  best: curvePointSchema.nullable(),
  /** The step from which values count as the best. */
  bestFrom: z.number().int(),
})
export type ThinCurve = z.infer<typeof thinCurveSchema>

export const curvesSchema = z.object({
  curves: z.array(thinCurveSchema),
  /** Where the run was taken up again after a stop: x of the first point after each. */
  breaks: z.array(z.number()),
  /** Where the x axis of the run begins: 0, or the time of its first step. */
  origin: z.number(),
  /** Optimiser steps of the newest point. */
  step: z.number().int(),
})
export type Curves = z.infer<typeof curvesSchema>

/** A point of this name marks the first step after each start of the trainer; its value is a time. */
export const SESSION = 'session'
/** A point of this name at each step says when it was done, in seconds since 1970. */
export const TIME = 'time'
