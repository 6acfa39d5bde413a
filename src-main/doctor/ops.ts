import { z } from 'zod'
import { probe, type ProbeOutcome } from './probe.ts'

/** What TensorFlow's probe of kernels prints. */
const opsFacts = z.object({
  tensorflow: z.string(),
  device: z.enum(['CPU', 'GPU']),
  ops: z.array(
    z.object({
      op: z.string(),
      attribute: z.string(),
      /** Element types that the engine uses. */
      used: z.array(z.string()),
      /** Element types that TensorFlow has kernels for: `any`, `none`, or their names. */
      cpu: z.string(),
      gpu: z.string(),
    }),
  ),
  /** What the device at hand has no kernel for, in each precision. */
  missing: z.array(
    z.object({
      precision: z.enum(['float32', 'bfloat16']),
      kernels: z.array(z.object({ op: z.string(), attribute: z.string(), type: z.string() })),
    }),
  ),
})
export type OpsFacts = z.infer<typeof opsFacts>

/** Which kernels TensorFlow registers for the ops of the engine, by its own registry. */
export function inspectOps(): Promise<ProbeOutcome<OpsFacts>> {
  return probe('ops-probe', opsFacts)
}
