import { readFileSync } from 'node:fs'

/** What an AVX2 processor lacks: AVX-512, the matrix unit, and the extensions that came after. */
const BEYOND_AVX2 = /^(avx512|avx10|amx|avx_|apx)/

/**
 * Whether `FAME_KERNELS=avx2` asks to use this processor as if it had nothing beyond AVX2, so that
 * what other machines compute can be tested here. It holds for TensorFlow's kernels too.
 */
export function heldToAvx2(): boolean {
  return process.env.FAME_KERNELS === 'avx2'
}

/** This processor's features as Linux lists them; an empty string on another system. */
export function processorFlags(): string {
  const flags = readFlags()
  if (!heldToAvx2()) return flags
  return flags
    .split(' ')
    .filter((flag) => !BEYOND_AVX2.test(flag))
    .join(' ')
}

/** Whether it has the matrix unit (AMX) that the workbench's convolution kernels are written for. */
export function hasMatrixUnit(flags = processorFlags()): boolean {
  return ['amx_bf16', 'avx512_bf16', 'avx512bw'].every((flag) => flags.split(' ').includes(flag))
}

function readFlags(): string {
  try {
    return /^flags\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? ''
  } catch {
    return ''
  }
}
