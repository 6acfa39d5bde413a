import { z } from 'zod'

/** One comparison: infinity is written as a string, since JSON has none. */
const number = z.union([z.number(), z.enum(['Infinity', '-Infinity', 'NaN']).transform(Number)])

const finding = z.object({
  /** What was compared, and how its error is measured. */
  what: z.string(),
  error: number,
  limit: number,
  /** Where the error is, with both numbers; null where nothing is to be added. */
  detail: z.string().nullable(),
})
export type Finding = z.infer<typeof finding>

const measured = z.object({
  /** What was timed. */
  what: z.string(),
  clipsPerStep: z.number(),
  secondsPerStep: z.number(),
  clipsPerSecond: z.number(),
  /** Largest resident set of the process. */
  peakMemoryBytes: z.number(),
  /** In use on the GPU by all processes after the steps; null without one. */
  gpuMemoryBytes: z.number().nullable(),
})
export type Measured = z.infer<typeof measured>

const outcome = z.object({
  id: z.string(),
  title: z.string(),
  precision: z.enum(['float32', 'bfloat16']).nullable(),
  state: z.enum(['passed', 'failed', 'skipped']),
  /** Why it failed without a comparison, or was skipped; null otherwise. */
  reason: z.string().nullable(),
  findings: z.array(finding),
  measured: measured.nullable(),
  seconds: z.number(),
})
export type Outcome = z.infer<typeof outcome>

export const machineSchema = z.object({
  /** Name and release of the operating system, and the processor's architecture. */
  platform: z.string(),
  processor: z.string(),
  /** Threads of the processor, and those that the process may use. */
  threads: z.number(),
  usableThreads: z.number(),
  memoryBytes: z.number(),
  /** Name and memory of the GPU that the driver names first. */
  gpu: z.object({ name: z.string(), memoryBytes: z.number() }).nullable(),
  node: z.string(),
})
export type Machine = z.infer<typeof machineSchema>

/** What TensorFlow computes on; null where it could not be loaded. */
const engine = z.object({
  tensorflow: z.string(),
  device: z.enum(['CPU', 'GPU']),
  deviceName: z.string(),
  kernels: z.string(),
})
export type EngineFacts = z.infer<typeof engine>

/** What `bin/fame selftest` writes. It names neither host nor user nor folders. */
export const reportSchema = z.object({
  format: z.literal('fame-selftest-1'),
  workbench: z.string(),
  /** Day on which it was made, by UTC. */
  date: z.string(),
  seconds: z.number(),
  machine: machineSchema,
  engine: engine.nullable(),
  outcomes: z.array(outcome),
})
export type Report = z.infer<typeof reportSchema>

/** How many checks ended in each way. */
export function countsOf({ outcomes }: Pick<Report, 'outcomes'>): Record<Outcome['state'], number> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { state } of outcomes) counts[state]++
  return counts
}

/** JSON of a report, with what JSON has no number for as a string. */
export function reportJson(report: Report): string {
  const replace = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  return JSON.stringify(report, replace, 2)
}
