import { z } from 'zod'
import type { Doctor } from '#shared/contract/doctor.ts'
import { choosePrecision } from '../trainer/engine/precision.ts'
import { processorFlags } from '../trainer/engine/processor.mjs'
import { processor, type ComputeDevice } from '../base/processes/hardware.ts'
import type { TensorFlowNote } from '../base/processes/installation.ts'
import { setUpAgain } from '../base/processes/set-up-again.ts'
import type { ProbeOutcome } from './probe.ts'

export type Problem = Doctor['problems'][number]

/** What TensorFlow's probe prints. */
export const tensorflowFacts = z.object({
  version: z.string(),
  device: z.enum(['CPU', 'GPU']),
  /** Which kernels compute and why, and what is wrong with them. */
  kernels: z.object({
    use: z.string(),
    problem: z.object({ fact: z.string(), remedy: z.string() }).nullable(),
  }),
})

/**
 * What the doctor says of TensorFlow; adds to `problems`.
 * @param outcome what the library said of itself
 * @param note what set-up noted, null when it has not come so far
 * @param gpu the GPU that the driver names
 */
export function describeTensorFlow(
  outcome: ProbeOutcome<z.infer<typeof tensorflowFacts>>,
  note: TensorFlowNote | null,
  gpu: ComputeDevice | null,
  problems: Problem[],
): Doctor['tensorflow'] {
  if (!outcome.ok) {
    const problem = tensorflowProblem(outcome.reason, note)
    problems.push(problem)
    return {
      available: false,
      version: null,
      device: null,
      deviceName: null,
      precision: null,
      kernels: null,
      memory: null,
      reason: problem.fact,
    }
  }
  const { version, device, kernels } = outcome.facts
  if (gpu && device === 'CPU') problems.push(idleGpu(gpu))
  if (kernels.problem !== null) problems.push(kernels.problem)
  const { name, memory } = (device === 'GPU' ? gpu : null) ?? processor()
  const { precision } = choosePrecision('auto', { kind: device, flags: processorFlags() })
  const found = { version, device, deviceName: name, precision, kernels: kernels.use, memory }
  return { available: true, ...found, reason: null }
}

/** Set-up knows why better than the loader, which only misses a file. */
function tensorflowProblem(reason: string, note: TensorFlowNote | null): Problem {
  if (note === null)
    return {
      fact: 'TensorFlow has not been set up, so nothing can be trained or evaluated.',
      remedy: `${setUpAgain()}, which fetches it.`,
    }
  if (!note.available)
    return { fact: `TensorFlow could not be set up: ${note.reason}`, remedy: note.remedy }
  return {
    fact: `TensorFlow was set up but does not load: ${reason}`,
    remedy: `${setUpAgain()}, which builds the missing parts.`,
  }
}

function idleGpu({ name }: ComputeDevice): Problem {
  return {
    fact: `The machine has a GPU (${name}), but TensorFlow computes on the CPU.`,
    remedy: `${setUpAgain('FAME_TENSORFLOW_KIND=cuda')}; it needs about 14 GB of disk space.`,
  }
}
