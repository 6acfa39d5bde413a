import { z } from 'zod'

const phases = ['download', 'unpack', 'check', 'kernels'] as const
export type PhaseName = (typeof phases)[number]

/** What `scripts/training.mjs` says, a line each. */
const eventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('state'),
    supported: z.boolean(),
    available: z.boolean(),
    complete: z.boolean(),
    hasKnownHash: z.boolean(),
    kind: z.enum(['cpu', 'cuda']),
    download: z.number(),
    disk: z.number(),
  }),
  z.object({ type: z.literal('line'), text: z.string() }),
  z.object({ type: z.literal('warning'), text: z.string() }),
  z.object({ type: z.literal('step'), step: z.string() }),
  z.object({
    type: z.literal('phase'),
    name: z.enum(phases),
    done: z.number(),
    total: z.number().nullable(),
  }),
  z.object({
    type: z.literal('failure'),
    fact: z.string(),
    remedy: z.string(),
    details: z.string(),
  }),
  z.object({ type: z.literal('done'), available: z.boolean() }),
])
export type SetupEvent = z.infer<typeof eventSchema>

/** @returns null for a line that is none of set-up's */
export function parseEvent(line: string): SetupEvent | null {
  try {
    const event = eventSchema.safeParse(JSON.parse(line))
    return event.success ? event.data : null
  } catch {
    return null
  }
}
