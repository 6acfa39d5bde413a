import { z } from 'zod'
import { progressSchema } from './runs.ts'

/** What a package says of TensorFlow, which it sets up on the machine of the user. */
export const trainingSetupSchema = z.object({
  /**
   * `none`: the workbench runs from a clone, whose own set-up does it. `outdated`: training works, and
   * a newer package brings something to build. `unsupported`: TensorFlow cannot be set up on this system.
   * `unchecked`: what is there could not be found out, and `failure` says why; training may work.
   */
  state: z.enum([
    ...(['none', 'missing', 'outdated', 'running', 'failed', 'ready'] as const),
    ...(['unsupported', 'unchecked'] as const),
  ]),
  /** Whether TensorFlow has been set up and works; false while that is not known. */
  available: z.boolean(),
  /** Absolute; everything goes there. */
  folder: z.string(),
  kind: z.enum(['cpu', 'cuda']),
  /** Whether the workbench knows the SHA-256 of what is fetched. */
  hasKnownHash: z.boolean(),
  /** Bytes that are to be fetched. */
  download: z.number(),
  /** Bytes that the folder takes at most. */
  disk: z.number(),
  progress: progressSchema.nullable(),
  /** What failed last. `details` are the last lines of a command. */
  failure: z.object({ fact: z.string(), remedy: z.string(), details: z.string() }).nullable(),
  /** What the last set-up had to do without, and why. */
  notices: z.array(z.string()),
})
export type TrainingSetupState = z.infer<typeof trainingSetupSchema>
