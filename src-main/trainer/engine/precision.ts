import type { EngineInfo } from '../process/messages.ts'

/** What a run asks for; `auto` takes bfloat16 where the device has units for it. */
export type Precision = 'auto' | EngineInfo['precision']

/** A device that computes. */
export interface Device {
  kind: EngineInfo['device']
  /** What the processor can do, in the words of `/proc/cpuinfo`; of no matter on a GPU. */
  flags: string
}

/**
 * The arithmetic that a device computes in. bfloat16 without units for it is slower than float32,
 * so that is taken instead, and the notice says so.
 */
export function choosePrecision(
  wanted: Precision,
  device: Device,
): { precision: EngineInfo['precision']; notice: string | null } {
  const fast = device.kind === 'GPU' || /\b(amx_bf16|avx512_bf16)\b/.test(device.flags)
  if (wanted !== 'bfloat16') {
    return { precision: wanted === 'auto' && fast ? 'bfloat16' : 'float32', notice: null }
  }
  if (fast) return { precision: 'bfloat16', notice: null }
  return {
    precision: 'float32',
    notice:
      'This CPU does not support bfloat16 (amx_bf16 or avx512_bf16), so float32 is used instead. Choose float32 or auto to avoid this warning.',
  }
}
