import { describe, expect, it } from 'vitest'
import { announce } from '#main/trainer/process/announce.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { choosePrecision, type Device } from '#main/trainer/engine/precision.ts'
import type { EngineInfo, FromTrainer } from '#main/trainer/process/messages.ts'

const cpu = (flags: string): Device => ({ kind: 'CPU', flags: `flags\t\t: fpu sse2 ${flags}` })
const plain = cpu('avx2 avx512f')
const vectors = cpu('avx512_bf16 avx512f')
const tiles = cpu('avx512_bf16 amx_bf16 amx_tile')
const gpu: Device = { kind: 'GPU', flags: '' }

describe('choosePrecision', () => {
  it.each([vectors, tiles, gpu])('takes bfloat16 where there are units for it: %j', (device) => {
    expect(choosePrecision('bfloat16', device)).toEqual({ precision: 'bfloat16', notice: null })
  })

  it('falls back to float32 where there are none, and says so', () => {
    const { precision, notice } = choosePrecision('bfloat16', plain)
    expect(precision).toBe('float32')
    expect(notice).toMatch(/does not support bfloat16.*float32 is used instead/)
  })

  it('takes the faster one by itself, without a word', () => {
    const chosen = [plain, vectors, tiles, gpu].map((device) => choosePrecision('auto', device))
    expect(chosen.map(({ precision }) => precision)).toEqual([
      'float32',
      'bfloat16',
      'bfloat16',
      'bfloat16',
    ])
    expect(chosen.every(({ notice }) => notice === null)).toBe(true)
  })

  it.each([plain, tiles, gpu])('leaves float32 alone: %j', (device) => {
    expect(choosePrecision('float32', device)).toEqual({ precision: 'float32', notice: null })
  })
})

it('warns the person of a run that is not as asked for, and else nobody', () => {
  const said = (device: Device): FromTrainer[] => {
    const { precision, notice } = choosePrecision('bfloat16', device)
    const info: EngineInfo = {
      tensorflow: '2.21.0',
      device: device.kind,
      deviceName: 'some',
      kernels: 'none',
      precision,
      notices: notice === null ? [] : [notice],
    }
    const messages: FromTrainer[] = []
    announce({ info } as Engine, (message) => messages.push(message))
    return messages
  }
  expect(said(tiles).map(({ type }) => type)).toEqual(['engine'])
  const [engine, warning] = said(plain)
  expect(engine).toMatchObject({ type: 'engine', engine: { precision: 'float32' } })
  expect(warning).toMatchObject({ type: 'warning', message: expect.stringMatching(/float32/) })
})
