import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import util from 'node:util'
import type { EngineInfo } from '../process/messages.ts'
import type { Binding } from './binding.ts'
import { Engine } from './engine.ts'
import { loadKernels, onGpu } from './kernels.ts'
import { missingKernels, missingSentence } from './missing-kernels.ts'
import { choosePrecision, type Precision } from './precision.ts'
import { chooseKernels, heldOneDnn, processorFlags } from './processor.mjs'
import { loadRegistry } from './registry.ts'
import { DType } from './tensor.ts'

/** TensorFlow cannot be loaded; the message states the fact and the remedy. */
export class EngineError extends Error {
  override name = 'EngineError'
}

/**
 * Loads TensorFlow into this process. Call it in a process that does nothing else native.
 * @param precision where the device has no units for it, `info` tells what is taken instead.
 * @param wrap stands between engine and library, for measurements
 * @throws EngineError when the library or its binding is missing, or `FAME_KERNELS` asks for what
 *   cannot be.
 */
export async function loadEngine(
  precision: Precision = 'auto',
  wrap: (binding: Binding) => Binding = (binding) => binding,
): Promise<Engine> {
  const { problem } = chooseKernels()
  if (problem !== null) throw new EngineError(`${problem.fact} ${problem.remedy}`)
  const binding = wrap(loadBinding())
  const gpu = binding.isUsingGpuDevice()
  const device = gpu ? 'GPU' : 'CPU'
  const own = gpu ? onGpu : loadKernels()
  const chosen = choosePrecision(precision, { kind: device, flags: processorFlags() })
  const info: EngineInfo = {
    tensorflow: binding.TF_Version,
    device,
    deviceName: gpu ? gpuName() : (os.cpus()[0]?.model ?? 'CPU'),
    precision: chosen.precision,
    kernels: own.use,
    notices: [
      chosen.notice,
      own.problem && `${own.problem.fact} ${own.problem.remedy}`,
      gpu ? missingOnGpu(chosen.precision) : null,
    ].filter((notice) => notice !== null),
  }
  return new Engine(binding, info, {
    master: DType.float32,
    compute: DType[info.precision],
    kernels: own.kernels,
  })
}

function loadBinding(): Binding {
  // The native library reads these when it is loaded. Only what is wrong should be logged.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  process.env.TF_DETERMINISTIC_OPS ??= '1'
  const held = heldOneDnn()
  if (held !== null) process.env.ONEDNN_MAX_CPU_ISA = held
  restoreRemovedUtilities()
  try {
    const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as {
      backend(): unknown
    }
    return (tf.backend() as { binding: Binding }).binding
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new EngineError(
      `TensorFlow could not be loaded (${reason}). Run \`npm run setup\` to set it up.`,
      { cause: error },
    )
  }
}

/** Node 23 removed two functions that TensorFlow.js calls. */
function restoreRemovedUtilities(): void {
  const removed: Record<string, unknown> = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  }
  for (const [name, restored] of Object.entries(removed)) {
    if (!(name in util)) Object.assign(util, { [name]: restored })
  }
}

/** What a run would fail at in its midst; null where nothing is missing, or nothing can be told. */
function missingOnGpu(precision: EngineInfo['precision']): string | null {
  const registry = loadRegistry()
  return registry && missingSentence(missingKernels(registry, 'GPU', precision), 'GPU')
}

function gpuName(): string {
  const folder = '/proc/driver/nvidia/gpus'
  const model = /^Model:\s*(.+)$/m.exec(readText(`${folder}/0/information`))
  return model?.[1] ?? 'CUDA GPU'
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
