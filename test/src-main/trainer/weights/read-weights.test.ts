import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeSafetensors } from '#main/trainer/checkpoint/safetensors.ts'
import { bytesOf } from '#main/trainer/weights/byte-source.ts'
import { readTorchFile } from '#main/trainer/weights/torch-file.ts'
import { readWeights } from '#main/trainer/weights/read-weights.ts'
import { WeightsError } from '#main/trainer/weights/weights-error.ts'

/** Written by PyTorch 2.13: see write.py there. */
const fixtures = path.join(import.meta.dirname, '../../../fixtures/weights')
const fixture = (name: string): string => path.join(fixtures, name)
const folder = mkdtempSync(path.join(tmpdir(), 'fame-weights-'))
afterAll(() => rmSync(folder, { recursive: true }))

const table = JSON.parse(readFileSync(fixture('table.json'), 'utf8')) as Record<
  string,
  { shape: number[]; data: number[] }
>

describe('files of torch.save', () => {
  it.each(['table.pth', 'checkpoint.pth.tar'])(
    'gives every weight of %s, whatever its layout',
    (name) => {
      const state = readWeights(fixture(name))
      expect([...state.keys()]).toEqual(Object.keys(table))
      for (const [weight, { shape, data }] of state) {
        expect(shape, weight).toEqual(table[weight].shape)
        expect([...data], weight).toEqual(table[weight].data.map(Math.fround))
      }
    },
  )

  it.each([
    ['with-arguments.pth', "asks for 'argparse.Namespace'"],
    ['command.pth', "asks for 'posix.system'"],
    ['module.pth', 'asks for'],
    ['legacy.pth', 'before PyTorch 1.6'],
    ['list.pth', 'no table of weights: save model.state_dict()'],
    ['no-table.pth', 'no table of weights, only epoch'],
  ])('refuses %s and says why', (name, says) => {
    expect(() => readWeights(fixture(name))).toThrow(WeightsError)
    expect(() => readWeights(fixture(name))).toThrow(says)
  })

  it('says so wherever a file is cut off', () => {
    const whole = readFileSync(fixture('table.pth'))
    for (let length = 4; length < whole.length; length += 61) {
      expect(() => readTorchFile(bytesOf(whole.subarray(0, length)))).toThrow(WeightsError)
    }
  })

  it('throws nothing but its own error, whichever byte is wrong', () => {
    const whole = readFileSync(fixture('table.pth'))
    for (let at = 0; at < whole.length; at += 3) {
      const damaged = Buffer.from(whole)
      damaged[at] ^= 0x5a
      try {
        readTorchFile(bytesOf(damaged))
      } catch (error) {
        expect(error).toBeInstanceOf(WeightsError)
      }
    }
  })
})

describe('safetensors', () => {
  it('are read with their prefix', () => {
    const file = path.join(folder, 'a.safetensors')
    const entry = { shape: [2], data: Float32Array.of(1, 2) }
    writeFileSync(file, encodeSafetensors({ tensors: new Map([['a.b', entry]]), metadata: {} }))
    expect([...readWeights(file)]).toEqual([['a.b', entry]])
  })

  it('of other floating-point formats are read as float32, integers passed over', () => {
    const header = JSON.stringify({
      half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
      brain: { dtype: 'BF16', shape: [1], data_offsets: [4, 6] },
      count: { dtype: 'I64', shape: [], data_offsets: [6, 14] },
    })
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const data = Buffer.from([0x00, 0x3e, 0x00, 0xc0, 0x20, 0x3e, 1, 0, 0, 0, 0, 0, 0, 0])
    const file = path.join(folder, 'half.safetensors')
    writeFileSync(file, Buffer.concat([length, Buffer.from(header), data]))
    const values = [...readWeights(file)].map(([name, tensor]) => [name, [...tensor.data]])
    expect(values).toEqual([
      ['half', [1.5, -2]],
      ['brain', [0.15625]],
    ])
  })
})

it('says what is wrong with what is no file of weights', () => {
  const text = path.join(folder, 'notes.txt')
  writeFileSync(text, 'nothing')
  expect(() => readWeights(text)).toThrow(`${text} cannot be used: Not a whole safetensors file`)
  expect(() => readWeights(path.join(folder, 'none'))).toThrow('no such file')
  expect(() => readWeights(folder)).toThrow('has no checkpoint')
})
