import { afterEach, expect, it, vi } from 'vitest'
import { choosePrecision } from '#main/trainer/engine/precision.ts'
import { hasMatrixUnit, processorFlags } from '#main/trainer/engine/processor.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

it('takes a processor for one with AVX2 alone where FAME_KERNELS asks for that', () => {
  vi.stubEnv('FAME_KERNELS', '')
  const own = processorFlags().split(' ')
  vi.stubEnv('FAME_KERNELS', 'avx2')
  const flags = processorFlags()
  expect(flags).not.toMatch(/avx512|avx_|avx10|amx/)
  expect(own.filter((flag) => !flags.split(' ').includes(flag))).toEqual(
    own.filter((flag) => /^(avx512|avx_|avx10|amx|apx)/.test(flag)),
  )
  expect(hasMatrixUnit()).toBe(false)
  expect(choosePrecision('bfloat16', { kind: 'CPU', flags }).precision).toBe('float32')
})

it('knows the matrix unit by all that the kernels for it use', () => {
  const all = 'flags\t: avx512bw avx512_bf16 amx_bf16 amx_tile'
  expect(hasMatrixUnit(all)).toBe(true)
  for (const flag of ['avx512bw', 'avx512_bf16', 'amx_bf16']) {
    expect(hasMatrixUnit(all.replace(flag, '')), flag).toBe(false)
  }
})
