import { z } from 'zod'

export const doctorSchema = z.object({
  workbench: z.string(),
  node: z.string(),
  platform: z.string(),
  ffmpeg: z.string().nullable(),
  sqlite: z.string().nullable(),
  /** Version of Open MPI, which several processes (`--workers`) need; null where it is missing. */
  openMpi: z.string().nullable(),
  tensorflow: z.object({
    available: z.boolean(),
    version: z.string().nullable(),
    device: z.enum(['CPU', 'GPU']).nullable(),
    deviceName: z.string().nullable(),
    /** The arithmetic that the precision `auto` stands for here. */
    precision: z.enum(['float32', 'bfloat16']).nullable(),
    /** Which kernels compute and why. */
    kernels: z.string().nullable(),
    /** Bytes. */
    memory: z.number().nullable(),
    /** Why training is not available. */
    reason: z.string().nullable(),
  }),
  electron: z.object({ available: z.boolean(), version: z.string().nullable() }),
  folders: z.object({
    cache: z.string(),
    project: z.string().nullable(),
  }),
  /** What is missing and what to do about it. */
  problems: z.array(z.object({ fact: z.string(), remedy: z.string() })),
})
export type Doctor = z.infer<typeof doctorSchema>
