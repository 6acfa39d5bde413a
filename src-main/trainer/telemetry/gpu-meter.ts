import { execFile, type ChildProcess } from 'node:child_process'

/** Time between two looks, in ms. */
const EVERY = 3000
const MEBIBYTE = 2 ** 20
const COLUMNS = ['utilization.gpu', 'memory.used'] as const

export interface GpuLoad {
  /** Part of the last moment in which a kernel ran, in [0, 1]. */
  gpu?: number
  /** Bytes in use by all processes. */
  gpuMemory?: number
}

/**
 * One line of `nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader,nounits`:
 * per cent and MiB. What a device does not tell stands in brackets and is left out.
 */
export function parseGpuLoad(line: string): GpuLoad {
  const [share, used] = line.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? +part : NaN))
  return {
    ...(share >= 0 && { gpu: share / 100 }),
    ...(used >= 0 && { gpuMemory: used * MEBIBYTE }),
  }
}

/** Looks at the NVIDIA GPU that TensorFlow uses, every few seconds, in a process of its own. */
export class GpuMeter {
  private readonly environment: NodeJS.ProcessEnv
  private readonly every: number
  private looking: ChildProcess | null = null
  private timer: NodeJS.Timeout | undefined
  private latest: GpuLoad = {}

  constructor({ environment = process.env, every = EVERY } = {}) {
    this.environment = environment
    this.every = every
    this.look()
  }

  /** What was seen since the last call; nothing where there is no such GPU, or no `nvidia-smi`. */
  take(): Record<string, number> {
    const seen = this.latest
    this.latest = {}
    return { ...seen }
  }

  close(): void {
    clearTimeout(this.timer)
    this.looking?.kill()
  }

  private look(): void {
    const env = this.environment
    const query = [`--query-gpu=${COLUMNS.join(',')}`, '--format=csv,noheader,nounits']
    // Without a time limit: steps hold this process up, and the limit would count them too.
    const args = [...query, `--id=${firstVisible(env)}`]
    this.looking = execFile('nvidia-smi', args, { env }, (error, output) => {
      this.looking = null
      // What fails once is missing, or has no driver: it is not tried again.
      if (error) return
      this.latest = parseGpuLoad(output.split('\n')[0])
      this.timer = setTimeout(() => this.look(), this.every).unref()
    })
    this.looking.unref()
  }
}

/** The GPU that CUDA counts as its first, by number or by UUID. */
function firstVisible({ CUDA_VISIBLE_DEVICES }: NodeJS.ProcessEnv): string {
  return CUDA_VISIBLE_DEVICES?.split(',')[0].trim() || '0'
}
