import { describe, expect, it } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  type StateDict,
} from '#main/trainer/checkpoint/safetensors.ts'

const tensors: StateDict = new Map([
  ['layer1.0.weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 6) }],
  ['queue', { shape: [1], data: Float32Array.of(7) }],
])

describe('safetensors', () => {
  it('gives back names, shapes, bits and metadata', () => {
    const read = decodeSafetensors(encodeSafetensors({ tensors, metadata: { step: '12' } }))
    expect(read.tensors).toEqual(tensors)
    expect([...read.tensors.keys()]).toEqual(['layer1.0.weight', 'queue'])
    expect(read.metadata).toEqual({ step: '12' })
  })

  it('has the layout of the published format', () => {
    // Built by hand from the format's description.
    const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
    const expected = Buffer.concat([
      Buffer.from([padded.length, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(padded),
      Buffer.from([0, 0, 0x80, 0x3f]),
    ])
    const one: StateDict = new Map([['a', { shape: [1], data: Float32Array.of(1) }]])
    expect(encodeSafetensors({ tensors: one, metadata: {} })).toEqual(expected)
  })

  it('refuses a file that is cut off anywhere', () => {
    const whole = encodeSafetensors({ tensors, metadata: {} })
    for (const length of [0, 7, 40, whole.length - 1]) {
      expect(() => decodeSafetensors(whole.subarray(0, length))).toThrow(
        /safetensors|beyond the end of the file/,
      )
    }
  })
})
