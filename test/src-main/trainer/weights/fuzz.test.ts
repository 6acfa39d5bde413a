// @module-tag fuzz
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesOf } from '#main/trainer/checkpoint/byte-source.ts'
import { encodeSafetensors } from '#main/trainer/checkpoint/safetensors.ts'
import { readSafetensorsTable } from '#main/trainer/weights/safetensors-table.ts'
import { readTorchFile } from '#main/trainer/weights/torch-file.ts'
import type { WeightsTable } from '#main/trainer/weights/weights-table.ts'
import { changed, changes } from '../../../changed-bytes.ts'

const RUNS = 2000
/** What a tensor of a few kilobytes may claim at most before it is looked at by whoever takes it. */
const MODEST = 2 ** 20

const fixture = (name: string): Buffer =>
  readFileSync(path.join(import.meta.dirname, '../../../fixtures/weights', name))

/** Reads all that is modest: no file may do worse than an error with a message. */
async function readModest(
  open: () => WeightsTable | Promise<WeightsTable>,
): Promise<'read' | 'refused'> {
  try {
    const table = await open()
    for (const [name, shape] of table.shapes) {
      const size = shape.reduce((product, n) => product * n, 1)
      if (size <= MODEST) expect((await table.read(name)).length).toBe(size)
    }
    return 'read'
  } catch (error) {
    expect((error as Error).message.length).toBeGreaterThan(10)
    // Faults of the reader itself, which no message explains.
    expect(error).not.toBeInstanceOf(TypeError)
    expect(String(error)).not.toMatch(/Maximum call stack|Invalid array length|allocation failed/)
    return 'refused'
  }
}

async function fuzz(
  file: Buffer,
  open: (bytes: Buffer) => WeightsTable | Promise<WeightsTable>,
): Promise<Record<string, number>> {
  const ends: Record<string, number> = { read: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(changes, async (each) => {
      const bytes = changed(file, each)
      ends[await readModest(() => open(bytes))]++
    }),
    { numRuns: RUNS },
  )
  return ends
}

it.each(['table.pth', 'numpy-scalar.pth', 'uint16.pth'])(
  'a changed %s is read or refused',
  async (name) => {
    const ends = await fuzz(fixture(name), (bytes) => readTorchFile(bytesOf(bytes)))
    expect(Math.min(ends.read, ends.refused)).toBeGreaterThan(0)
  },
)

it('a pickle of any bytes is read or refused', async () => {
  const ends = { read: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      ends[await readModest(() => readTorchFile(bytesOf(pickled(bytes))))]++
    }),
    { numRuns: RUNS },
  )
  expect(ends.refused).toBeGreaterThan(0)
})

/** A whole file with other bytes in place of its pickle, whose length stays. */
function pickled(bytes: Uint8Array): Buffer {
  const file = fixture('uint16.pth')
  const start = file.readUInt16LE(26) + file.readUInt16LE(28) + 30
  file.set(bytes, start)
  return file
}

it('a changed safetensors file is read or refused', async () => {
  const entry = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }
  const tensors = new Map([
    ['a.weight', entry],
    ['b', { shape: [], data: Float32Array.of(7) }],
  ])
  const file = encodeSafetensors({ tensors, metadata: { format: 'pt' } })
  const ends = await fuzz(file, (bytes) => readSafetensorsTable(bytesOf(bytes)))
  expect(Math.min(ends.read, ends.refused)).toBeGreaterThan(0)
})
