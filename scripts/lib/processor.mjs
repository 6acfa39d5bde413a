import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** As in `src-main/trainer/engine/processor.ts`; a test holds the two to the same answer. */
const BEYOND_AVX2 = /^(avx512|avx10|amx|avx_|apx)/

/** Whether `FAME_KERNELS=avx2` asks for kernels as an AVX2 processor would get them. */
export function heldToAvx2() {
  return process.env.FAME_KERNELS === 'avx2'
}

/** g++'s name for what kernels are built for: this processor, or the AVX2 level of x86-64. */
export function architecture() {
  return heldToAvx2() ? 'x86-64-v3' : 'native'
}

/** A short hash of what the processor can do. */
export function processor() {
  return createHash('sha256').update(processorFlags()).digest('hex').slice(0, 12)
}

function processorFlags() {
  const flags = readFlags()
  if (!heldToAvx2()) return flags
  return flags
    .split(' ')
    .filter((flag) => !BEYOND_AVX2.test(flag))
    .join(' ')
}

function readFlags() {
  try {
    return /^flags\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? ''
  } catch {
    return ''
  }
}
