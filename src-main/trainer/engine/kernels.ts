import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { outFolder } from '../../entry-path.ts'
import { processorFlags } from './processor.ts'

/** The workbench's own ops, by the names that the sources in `native` register them under. */
const KERNELS = [
  /** `FameNorm` and its gradient, in float32 and bfloat16. */
  'norm',
  /** `FameSgd` and `FameBlend`, in float32. */
  'update',
  /** `FameMaxPool` and its gradient, in float32 and bfloat16. */
  'maxPool',
  /** `FameTemporalConv` and its gradients, in bfloat16: where the processor has a matrix unit. */
  'temporalConv',
  /** `FameConv` and its gradients, over volumes, in bfloat16: likewise. */
  'conv',
] as const

/** Which of the workbench's own ops there are. */
export type Kernels = Record<(typeof KERNELS)[number], boolean>

export const noKernels = Object.fromEntries(KERNELS.map((name) => [name, false])) as Kernels

/**
 * Gives TensorFlow the workbench's own ops, once TensorFlow is loaded. Set-up builds them for the
 * machine's processor; everything works without them, at TensorFlow's own speed. `FAME_KERNELS=off`
 * leaves them out, `FAME_KERNELS=avx2` takes those of an AVX2 processor.
 */
export function loadKernels(): Kernels {
  const file = kernelFile()
  if (process.env.FAME_KERNELS === 'off' || !existsSync(file)) return noKernels
  const loaded: { exports: Partial<Kernels> } = { exports: {} }
  try {
    process.dlopen(loaded, file)
  } catch {
    // They were built for another TensorFlow; the next set-up rebuilds them.
    return noKernels
  }
  return { ...noKernels, ...loaded.exports }
}

/** What set-up has built for a processor of these abilities: `scripts/lib/steps/kernels.mjs`. */
export function kernelFile(): string {
  const processor = createHash('sha256').update(processorFlags()).digest('hex').slice(0, 12)
  return join(outFolder(), 'kernels', `fame-kernels-${processor}.node`)
}
