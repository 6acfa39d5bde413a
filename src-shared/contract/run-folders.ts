import { z } from 'zod'
import { runSchema } from './runs.ts'

/** Bytes so far and in all. */
const progressSchema = z.object({
  type: z.literal('progress'),
  done: z.number(),
  total: z.number(),
})

export const exportRunEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.object({
    type: z.literal('done'),
    /** Absolute path on the machine where the workbench runs. */
    folder: z.string(),
    files: z.number().int(),
    bytes: z.number(),
  }),
])
export type ExportRunEvent = z.infer<typeof exportRunEventSchema>

export const importRunEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.object({ type: z.literal('done'), run: runSchema }),
])
export type ImportRunEvent = z.infer<typeof importRunEventSchema>
