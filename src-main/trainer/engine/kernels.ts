import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { outFolder, setupFolder } from '../../base/processes/entry-path.ts'
import { setUpAgain } from '../../base/processes/set-up-again.ts'
import { kernelKey, kernelSources } from './kernel-sources.mjs'
import { chooseKernels, kernelFileName, titleOf, type KernelSet } from './processor.mjs'

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
  /** `FamePeak`, which measures the processor. */
  'peak',
  /** `FameFloatConv` and its gradients, over volumes, in float32. */
  'floatConv',
  /** `FamePairConv` and its gradients, over volumes, in bfloat16: where AVX-512 multiplies pairs. */
  'pairConv',
  /** `FameWinograd` and `FameWinogradFilter`, in float32. */
  'winograd',
] as const

/** Which of the workbench's own ops there are. */
export type Kernels = Record<(typeof KERNELS)[number], boolean>

export const noKernels = Object.fromEntries(KERNELS.map((name) => [name, false])) as Kernels

/** What computes. */
export interface KernelUse {
  kernels: Kernels
  /** Which kernels and why, such as "AVX-512 kernels (this processor has no AMX)". */
  use: string
  /** Why it is not what it should be; null where it is. */
  problem: { fact: string; remedy: string } | null
}

export const onGpu: KernelUse = {
  kernels: noKernels,
  use: "TensorFlow's own ops (on the GPU)",
  problem: null,
}

/**
 * Gives TensorFlow the workbench's own ops, once TensorFlow is loaded. Set-up builds them for the
 * machine's processor; everything works without them, at TensorFlow's own speed. `FAME_KERNELS`
 * chooses another set, or `off`. Those that were built from other sources than there are now, as
 * after a pull, are not loaded: they may compute something else.
 * @param out the folder that set-up writes to
 * @param root of the installation, which holds the sources
 */
export function loadKernels(out = setupFolder(), root = dirname(outFolder())): KernelUse {
  const { set, why, problem } = chooseKernels()
  const file = kernelFile(out)
  if (set === null || file === null) return { ...without(why), problem }
  const title = titleOf(set)
  if (!existsSync(file)) {
    const reason = whyMissing(set, out)
    return failed(title, 'are not built', reason, `${setUpAgain()}, which reports what is missing.`)
  }
  if (isStale(set, file, { out, root })) {
    const reason = 'their sources, or TensorFlow, have changed since they were built'
    return failed(title, 'are out of date', reason, `${setUpAgain()}, which builds them again.`)
  }
  const loaded: { exports: Partial<Kernels> } = { exports: {} }
  try {
    process.dlopen(loaded, file)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return failed(title, 'do not load', reason, `Delete ${dirname(file)}. ${setUpAgain()}.`)
  }
  const kernels = { ...noKernels, ...loaded.exports }
  // A container may keep the matrix unit to itself.
  const refused = set === 'amx' && !kernels.conv
  const reason = refused ? 'the system grants no AMX tiles' : why
  return { kernels, use: `${title} kernels${reason && ` (${reason})`}`, problem: null }
}

function failed(title: string, what: string, reason: string, remedy: string): KernelUse {
  const fact = `The ${title} kernels ${what} (${reason}), so TensorFlow's own ops are used, which are slower.`
  return { ...without(`the ${title} kernels ${what}: ${reason}`), problem: { fact, remedy } }
}

function without(reason: string): { kernels: Kernels; use: string } {
  return { kernels: noKernels, use: `TensorFlow's own ops (${reason})` }
}

/** Null where there is no set of kernels for this processor, or none is wanted. */
export function kernelFile(out = setupFolder()): string | null {
  const name = kernelFileName()
  return name && join(out, 'kernels', name)
}

/** Whether kernels were built for something else; never where set-up has noted nothing of them. */
function isStale(set: KernelSet, file: string, where: { out: string; root: string }): boolean {
  const built = noteOf(where.out, `kernels-${set}`)?.key
  if (typeof built !== 'string' || kernelSources(where.root).length === 0) return false
  const binding = noteOf(where.out, 'tensorflow')?.binding
  return built !== kernelKey(where.root, binding, basename(file))
}

/** What set-up noted when it built none: `scripts/lib/steps/kernels.mjs`. */
function whyMissing(set: KernelSet, out: string): string {
  const reason = noteOf(out, `kernels-${set}`)?.reason
  if (typeof reason === 'string') return reason.replace(/\.$/, '')
  return 'set-up has not built kernels'
}

/** A stamp of set-up; null where it has not come so far. */
function noteOf(out: string, step: string): Record<string, unknown> | null {
  try {
    const text = readFileSync(join(out, 'setup', `${step}.json`), 'utf8')
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}
