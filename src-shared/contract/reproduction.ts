import { z } from 'zod'

/** Something that is not as it was when a run was made. */
export const runDifferenceSchema = z.object({
  what: z.enum([
    ...([
      'record',
      'code',
      'changes',
      'node',
      'platform',
      'processor',
      'device',
      'scaling',
    ] as const),
    ...(['list', 'index', 'files'] as const),
  ]),
  was: z.string(),
  is: z.string(),
  /** What it does to a run that is made again. */
  meaning: z.string(),
})
export type RunDifference = z.infer<typeof runDifferenceSchema>

export const reproductionSchema = z.object({
  /** The run that is to be made again. */
  id: z.number().int(),
  /** Empty: every number should come out as it was, bit for bit. */
  differences: z.array(runDifferenceSchema),
  /** Whether its own list of videos is there to be used again; otherwise they are listed again. */
  hasList: z.boolean(),
})
export type Reproduction = z.infer<typeof reproductionSchema>
