/**
 * What this processor can do, and which set of kernels is built and used for it. Set-up, which runs
 * before anything can strip types, reads this file as the trainer does.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** @typedef {'amx' | 'avx512' | 'avx2' | 'neon'} KernelSet */

/**
 * @typedef {object} SetFacts
 * @property {string} title as people write it
 * @property {string[]} needs in the words of `/proc/cpuinfo`
 * @property {{ beyond: RegExp, oneDnn: string, march: string }} [held] what holds a processor that
 *   can do more to this set: flags to leave out, `ONEDNN_MAX_CPU_ISA` and g++'s architecture
 */

/** The fastest first. @type {Record<KernelSet, SetFacts>} */
const SETS = {
  amx: { title: 'AMX', needs: ['amx_bf16', 'amx_tile', 'avx512_bf16', 'avx512bw'] },
  avx512: {
    title: 'AVX-512',
    needs: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'],
    held: {
      beyond: /^(amx|avx10|apx|avx512_fp16)/,
      oneDnn: 'AVX512_CORE_BF16',
      march: 'x86-64-v4',
    },
  },
  avx2: {
    title: 'AVX2',
    needs: ['avx2', 'fma'],
    held: { beyond: /^(avx512|avx10|amx|avx_|apx)/, oneDnn: 'AVX2', march: 'x86-64-v3' },
  },
  neon: { title: 'NEON', needs: ['asimd'] },
}
const names = /** @type {KernelSet[]} */ (Object.keys(SETS))

/**
 * @typedef {object} KernelChoice
 * @property {KernelSet | null} set null for TensorFlow's own ops
 * @property {boolean} held whether that is less than the processor can do, because it was asked for
 * @property {string} why in a few words; empty where it needs none
 * @property {{ fact: string, remedy: string } | null} problem what is wrong with what was asked for
 */

/**
 * Which kernels to build and use: the fastest that the processor can do, or those that
 * `FAME_KERNELS` names.
 * @param {string} [wanted]
 * @param {string} [flags] what the processor can do
 * @returns {KernelChoice}
 */
export function chooseKernels(wanted = process.env.FAME_KERNELS ?? '', flags = readFlags()) {
  const able = new Set(flags.split(/\s+/))
  const possible = names.filter((name) => SETS[name].needs.every((flag) => able.has(flag)))
  const best = possible.at(0) ?? null
  const asked = names.find((name) => name === wanted)
  if (wanted === 'off') return choice(null, { why: 'FAME_KERNELS=off' })
  if (wanted === '') return choice(best, { why: best ? missing(best) : nothing(flags) })
  if (asked && possible.includes(asked)) {
    return choice(asked, { held: asked !== best, why: `FAME_KERNELS=${asked}` })
  }
  const fact = asked
    ? `FAME_KERNELS=${wanted} cannot be had: this processor has no ${SETS[asked].title}.`
    : `FAME_KERNELS=${wanted} is not known; it is one of ${[...names, 'off'].join(', ')}.`
  const remedy = `Choose ${[...possible, 'off'].join(' or ')}, or unset it.`
  return choice(null, { why: `FAME_KERNELS=${wanted}`, problem: { fact, remedy } })
}

/**
 * @param {KernelSet | null} set
 * @param {Partial<KernelChoice>} rest
 * @returns {KernelChoice}
 */
function choice(set, rest) {
  return { set, held: false, why: '', problem: null, ...rest }
}

/** Why there is no set at all. @param {string} flags */
function nothing(flags) {
  return flags === '' ? 'kernels are built on Linux alone' : 'this processor has no AVX2'
}

/** What the processor would need for the next faster set. @param {KernelSet} best */
function missing(best) {
  if (best === 'avx2') return 'this processor has no AVX-512'
  return best === 'avx512' ? 'this processor has no AMX' : ''
}

/** @param {KernelSet} set */
export function titleOf(set) {
  return SETS[set].title
}

/**
 * This processor's features as Linux lists them, without those that `FAME_KERNELS` leaves out; an
 * empty string on another system.
 */
export function processorFlags() {
  const flags = readFlags()
  const held = heldTo()
  if (!held) return flags
  return flags
    .split(' ')
    .filter((flag) => !held.beyond.test(flag))
    .join(' ')
}

/** What TensorFlow's library must be told so that it does no more than the kernels; null: nothing. */
export function heldOneDnn() {
  return heldTo()?.oneDnn ?? null
}

/** g++'s name for what kernels are built for. @returns {string[]} its arguments */
export function architecture() {
  const held = heldTo()
  if (!held) return ['-march=native']
  const bfloat16 = /\bavx512_bf16\b/.test(processorFlags()) ? ['-mavx512bf16'] : []
  return [`-march=${held.march}`, ...bfloat16]
}

/**
 * What a file of kernels is called: after the set and all that the processor can do, so that on
 * another machine it is not found, instead of ending the trainer. Null where there is no set.
 */
export function kernelFileName() {
  const { set } = chooseKernels()
  const processor = createHash('sha256').update(processorFlags()).digest('hex').slice(0, 12)
  return set && `fame-kernels-${set}-${processor}.node`
}

function heldTo() {
  const { set, held } = chooseKernels()
  return set && held ? SETS[set].held : undefined
}

function readFlags() {
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8')
    return /^(flags|Features)\s*:.*$/m.exec(text)?.[0] ?? ''
  } catch {
    return ''
  }
}
