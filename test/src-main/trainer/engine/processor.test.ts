import { afterEach, describe, expect, it, vi } from 'vitest'
import { choosePrecision } from '#main/trainer/engine/precision.ts'
import {
  architecture,
  chooseKernels,
  heldOneDnn,
  kernelFileName,
  processorFlags,
} from '#main/trainer/engine/processor.mjs'

afterEach(() => {
  vi.unstubAllEnvs()
})

const avx2 = 'flags\t\t: fpu sse2 avx avx2 fma'
const avx512 = `${avx2} avx512f avx512bw avx512dq avx512vl`
const amx = `${avx512} avx512_bf16 amx_bf16 amx_tile`
const arm = 'Features\t: fp asimd evtstrm'

describe('the kernels that are chosen', () => {
  it.each([
    [amx, 'amx', ''],
    [avx512, 'avx512', 'this processor has no AMX'],
    [avx2, 'avx2', 'this processor has no AVX-512'],
    [arm, 'neon', ''],
    ['flags\t: fpu sse2', null, 'this processor has no AVX2'],
    ['', null, 'kernels are built on Linux alone'],
  ])('are the fastest of the processor: %s', (flags, set, why) => {
    expect(chooseKernels('', flags)).toEqual({ set, why, held: false, problem: null })
  })

  it('need all that the matrix unit is used with', () => {
    for (const flag of ['avx512bw', 'avx512_bf16', 'amx_bf16', 'amx_tile']) {
      expect(chooseKernels('', amx.replace(` ${flag}`, '')).set, flag).not.toBe('amx')
    }
  })

  it('are those that FAME_KERNELS names, held where the processor can do more', () => {
    expect(chooseKernels('avx512', amx)).toMatchObject({ set: 'avx512', held: true, problem: null })
    expect(chooseKernels('avx2', amx)).toMatchObject({ set: 'avx2', held: true })
    expect(chooseKernels('amx', amx)).toMatchObject({ set: 'amx', held: false })
    expect(chooseKernels('off', amx)).toMatchObject({ set: null, why: 'FAME_KERNELS=off' })
  })

  it('are none where FAME_KERNELS asks for what cannot be, with what can be', () => {
    expect(chooseKernels('sse', avx512).problem).toEqual({
      fact: 'FAME_KERNELS=sse is not known; it is one of amx, avx512, avx2, neon, off.',
      remedy: 'Choose avx512 or avx2 or off, or unset it.',
    })
    expect(chooseKernels('amx', avx512).problem?.fact).toMatch(/this processor has no AMX/)
    expect(chooseKernels('amx', avx512).set).toBeNull()
    expect(chooseKernels('avx2', arm).problem?.remedy).toBe('Choose neon or off, or unset it.')
  })
})

it('builds for the processor itself, or for what FAME_KERNELS holds it to', () => {
  vi.stubEnv('FAME_KERNELS', '')
  expect(architecture()).toEqual(['-march=native'])
  expect(heldOneDnn()).toBeNull()
})

const { set: own } = chooseKernels('')
describe.runIf(own === 'amx' || own === 'avx512')(
  'on a processor that can do more than AVX2',
  () => {
    it('takes it for one with AVX2 alone where FAME_KERNELS asks for that', () => {
      vi.stubEnv('FAME_KERNELS', '')
      const [all, file] = [processorFlags().split(' '), kernelFileName()]
      vi.stubEnv('FAME_KERNELS', 'avx2')
      const flags = processorFlags()
      expect(flags).not.toMatch(/avx512|avx_|avx10|amx/)
      expect(all.filter((flag) => !flags.split(' ').includes(flag))).toEqual(
        all.filter((flag) => /^(avx512|avx_|avx10|amx|apx)/.test(flag)),
      )
      expect(choosePrecision('bfloat16', { kind: 'CPU', flags }).precision).toBe('float32')
      expect(architecture()).toEqual(['-march=x86-64-v3'])
      expect(heldOneDnn()).toBe('AVX2')
      expect(kernelFileName()).toMatch(/^fame-kernels-avx2-[0-9a-f]{12}\.node$/)
      expect(kernelFileName()).not.toBe(file)
    })

    it('takes one with a matrix unit for one without, in TensorFlow too', () => {
      vi.stubEnv('FAME_KERNELS', 'avx512')
      expect(processorFlags()).not.toMatch(/amx/)
      expect(heldOneDnn()).toBe(own === 'amx' ? 'AVX512_CORE_BF16' : null)
    })
  },
)
