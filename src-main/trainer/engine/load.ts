import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import util from 'node:util'
import type { EngineInfo } from '../protocol.ts'
import type { Binding } from './binding.ts'
import { Engine } from './engine.ts'
import { loadKernels, noKernels } from './kernels.ts'
import { DType } from './tensor.ts'

export type Precision = 'auto' | EngineInfo['precision']

/** TensorFlow cannot be loaded; the message states the fact and the remedy. */
export class EngineError extends Error {
  override name = 'EngineError'
}

/**
 * Loads TensorFlow into this process. Call it in a process that does nothing else native.
 * @param precision `auto` takes bfloat16 where the device has units for it, float32 elsewhere.
 * @param wrap stands between engine and library, for measurements
 * @throws EngineError when the library or its binding is missing.
 */
export async function loadEngine(
  precision: Precision = 'auto',
  wrap: (binding: Binding) => Binding = (binding) => binding,
): Promise<Engine> {
  const binding = wrap(loadBinding())
  const gpu = binding.isUsingGpuDevice()
  const info: EngineInfo = {
    tensorflow: binding.TF_Version,
    device: gpu ? 'GPU' : 'CPU',
    deviceName: gpu ? gpuName() : (os.cpus()[0]?.model ?? 'CPU'),
    precision: precision === 'auto' ? bestPrecision(gpu) : precision,
  }
  return new Engine(binding, info, {
    master: DType.float32,
    compute: DType[info.precision],
    kernels: gpu ? noKernels : loadKernels(),
  })
}

function loadBinding(): Binding {
  // The native library reads these when it is loaded. Only what is wrong should be logged.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  process.env.TF_DETERMINISTIC_OPS ??= '1'
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

function bestPrecision(gpu: boolean): EngineInfo['precision'] {
  if (gpu) return 'bfloat16'
  return /\bamx_bf16\b/.test(readText('/proc/cpuinfo')) ? 'bfloat16' : 'float32'
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
