import { z } from 'zod'
import { DEFAULT_FLOW, FLOW_ALGORITHMS } from '../flow/names.ts'
import { FLOW_SIZE } from '../flow/flow-size.ts'

/** How flow is computed. */
export const flowOptionsSchema = z.object({
  algorithm: z.enum(FLOW_ALGORITHMS).default(DEFAULT_FLOW),
  /** Pixels of the short side at which it is computed; a smaller video keeps its size. */
  size: z.coerce.number().int().min(16).max(512).default(FLOW_SIZE),
})
export type FlowOptions = z.output<typeof flowOptionsSchema>

/** Which videos' flow is computed ahead. */
export const flowAheadSchema = flowOptionsSchema.extend({
  datasetId: z.number().int().optional(),
  class: z.string().optional(),
})
export type FlowAhead = z.input<typeof flowAheadSchema>
