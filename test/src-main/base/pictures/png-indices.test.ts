import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { readIndices } from '#main/base/pictures/png-indices.ts'
import { palettePng } from '../../trainer/davis-set.ts'

const size = { height: 5, width: 9 }
const labels = Uint8Array.from({ length: 45 }, (_, i) => i * 5)
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fame-indices-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(bytes: Uint8Array): string {
  const file = join(folder, 'labels.png')
  writeFileSync(file, bytes)
  return file
}

it('reads the index into a palette, not the colour', async () => {
  const file = fileOf(palettePng(labels, size))
  expect(await readIndices(file)).toEqual({ ...size, data: labels })
})

it('reads grey values', async () => {
  const grey = sharp(labels, { raw: { ...size, channels: 1 } }).toColourspace('b-w')
  const file = fileOf(await grey.png({ progressive: true }).toBuffer())
  expect((await readIndices(file)).data).toEqual(labels)
})

it('refuses colours, and what is no picture', async () => {
  const raw = { ...size, channels: 3 as const }
  const colours = await sharp(new Uint8Array(135), { raw }).png().toBuffer()
  await expect(readIndices(fileOf(colours))).rejects.toThrow(/colours and no labels/)
  await expect(readIndices(fileOf(Buffer.from('GIF89a, and more bytes')))).rejects.toThrow(/PNG/)
})

it('names the fault of a damaged picture, whatever is damaged', async () => {
  const whole = palettePng(labels, size)
  const rng = new Rng(5)
  for (let i = 0; i < 200; i++) {
    const bytes = Buffer.from(whole)
    bytes[8 + rng.int(bytes.length - 8)] ^= 1 << rng.int(8)
    const read = await readIndices(fileOf(bytes.subarray(0, bytes.length - rng.int(3)))).catch(
      (error: Error) => error,
    )
    if (read instanceof Error) expect(read.name).toBe('PictureError')
    else expect(read.data).toHaveLength(read.height * read.width)
  }
})
