import { execFile } from 'node:child_process'
import os from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface ComputeDevice {
  name: string
  /** Bytes. */
  memory: number
}

export function processor(): ComputeDevice {
  const cpus = os.cpus()
  const name = cpus[0]?.model.trim() || os.arch()
  return { name: `${name} (${cpus.length} threads)`, memory: os.totalmem() }
}

/** The first CUDA GPU, or null when the driver's own tool names none. */
export async function graphicsProcessor(): Promise<ComputeDevice | null> {
  try {
    const { stdout } = await run(
      'nvidia-smi',
      ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'],
      { timeout: 20_000 },
    )
    return parseGpuLine(stdout.split('\n')[0])
  } catch {
    return null
  }
}

/** @param line `NVIDIA H200, 143771`: name and memory in MiB */
export function parseGpuLine(line: string): ComputeDevice | null {
  const found = /^(.+), (\d+)\s*$/.exec(line)
  return found ? { name: found[1], memory: Number(found[2]) * 2 ** 20 } : null
}
