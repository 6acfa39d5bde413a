import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeRuns } from '#shared/masks/runs.ts'
import { Rng } from '#shared/random/rng.ts'
import { readLabels } from '#main/masks/formats/png-labels.ts'
import { inFolder } from './records.ts'

const [width, height] = [37, 23]
const PIXELS = width * height

/** The mask that is read from a picture, and what is said of it. */
async function read(picture: Buffer) {
  return inFolder(async (folder) => {
    const file = join(folder, 'labels.png')
    writeFileSync(file, picture)
    const { runs, note, ...size } = await readLabels(file)
    return { mask: decodeRuns(runs, size.width * size.height), note, size }
  })
}

/** Labels that change from pixel to pixel, most of them 0. */
function labels(values: readonly number[], rng = new Rng(5)): number[] {
  return Array.from({ length: PIXELS }, () =>
    rng.uniform() < 0.6 ? 0 : values[Math.floor(rng.uniform() * values.length)],
  )
}

const isLabelled = (all: readonly number[]) => Uint8Array.from(all, (value) => Number(value !== 0))

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt32BE(data.length)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length)
  return bytes
}

/** A PNG by hand, without filters: rows of packed samples. */
function handmade(
  rows: readonly Uint8Array[],
  { depth, colour, chunks = [] }: { depth: number; colour: number; chunks?: Buffer[] },
  size = { width, height },
): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size.width, 0)
  header.writeUInt32BE(size.height, 4)
  header.set([depth, colour, 0, 0, 0], 8)
  const raw = Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row]))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Rows of samples with `depth` bits each. */
function packed(all: readonly number[], depth: number): Uint8Array[] {
  return Array.from({ length: height }, (_, y) => {
    const row = new Uint8Array(Math.ceil((width * depth) / 8))
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      row[bit >> 3] |= all[y * width + x] << (8 - depth - (bit & 7))
    }
    return row
  })
}

/** White, black, red, ...: the colour of index 0 is not black. */
const palette = (entries: number) =>
  chunk(
    'PLTE',
    Uint8Array.from({ length: 3 * entries }, (_, i) => (i < 3 ? 255 : i < 6 ? 0 : i * 7)),
  )

describe('a label picture', () => {
  test.each([8, 4, 2, 1])(
    'with a palette, %i bits: the index counts, not the colour',
    async (depth) => {
      const all = labels(depth === 1 ? [1] : [1, 2, 3])
      const picture = handmade(packed(all, depth), {
        depth,
        colour: 3,
        chunks: [palette(2 ** depth)],
      })
      expect((await read(picture)).mask).toEqual(isLabelled(all))
    },
  )

  test.each([4, 2, 1])('in %i grey bits', async (depth) => {
    const all = labels([1])
    expect((await read(handmade(packed(all, depth), { depth, colour: 0 }))).mask).toEqual(
      isLabelled(all),
    )
  })

  test.each([false, true])(
    'in 16 bits keeps labels below 256 (interlaced: %s)',
    async (progressive) => {
      const all = labels([1, 2, 255, 256, 60_000])
      const raw = { width, height, channels: 1 } as const
      const picture = await sharp(Uint16Array.from(all), { raw })
        .toColourspace('grey16')
        .png({ progressive, adaptiveFiltering: true })
        .toBuffer()
      expect(picture[24]).toBe(16)
      expect((await read(picture)).mask).toEqual(isLabelled(all))
    },
  )

  test.each([false, true])(
    'in colours: any that is not black (interlaced: %s)',
    async (progressive) => {
      const all = labels([1, 2, 3])
      const pixels = Uint8Array.from(all.flatMap((label) => [0, 0, 0].with(label % 3, label)))
      const raw = { width, height, channels: 3 } as const
      const options = { progressive, adaptiveFiltering: true }
      const picture = await sharp(pixels, { raw }).png(options).toBuffer()
      expect((await read(picture)).mask).toEqual(isLabelled(all))
    },
  )

  test('of one colour with transparent pixels: what can be seen', async () => {
    const all = labels([1, 128, 255])
    const pixels = Uint8Array.from(all.flatMap((alpha) => [9, 9, 9, alpha]))
    const picture = await sharp(pixels, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer()
    expect((await read(picture)).mask).toEqual(isLabelled(all))
  })

  test('that is opaque everywhere: its colour counts', async () => {
    const all = labels([1, 2])
    const pixels = Uint8Array.from(all.flatMap((label) => [label, 0, 0, 255]))
    const picture = await sharp(pixels, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer()
    expect((await read(picture)).mask).toEqual(isLabelled(all))
  })

  test('with one transparent grey: what is not of it', async () => {
    const all = labels([1]).map((label) => (label === 0 ? 7 : 0))
    const chunks = [chunk('tRNS', Uint8Array.of(0, 7))]
    const picture = handmade(packed(all, 8), { depth: 8, colour: 0, chunks })
    expect((await read(picture)).mask).toEqual(Uint8Array.from(all, (v) => Number(v !== 7)))
  })

  test('with 255 beside a few other labels says that it counts as foreground', async () => {
    const of = (values: number[]) =>
      read(handmade(packed(labels(values), 8), { depth: 8, colour: 0 }))
    expect((await of([1, 2, 255])).note).toContain('void')
    expect((await of([255])).note).toBeNull()
  })
})

describe('a picture that is refused', () => {
  const plain = handmade(packed(labels([1]), 8), { depth: 8, colour: 0 })

  test.each([
    ['no PNG', Buffer.from('GIF89a, and more than that'), 'save it as PNG'],
    ['cut off', plain.subarray(0, plain.length - 30), 'ends too early'],
    [
      'of fewer rows than it says',
      handmade(packed(labels([1]), 8).slice(1), { depth: 8, colour: 0 }),
      'fewer rows',
    ],
    ['of no pixels', handmade([], { depth: 8, colour: 0 }, { width: 0, height: 4 }), 'no pixels'],
    [
      'of too many pixels',
      handmade([], { depth: 8, colour: 0 }, { width: 9000, height: 9000 }),
      '9000 x 9000',
    ],
    ['of an unknown kind', handmade([], { depth: 8, colour: 5 }), 'header is malformed'],
    [
      'of an unknown filter',
      handmade(
        packed(Array<number>(PIXELS).fill(9), 8),
        { depth: 8, colour: 0 },
        { width: width - 1, height },
      ),
      'malformed',
    ],
  ])('%s', async (_, picture, message) => {
    await expect(read(picture)).rejects.toThrow(message)
  })

  test('damaged anywhere in its pixels', async () => {
    const begin = plain.indexOf('IDAT') + 4
    for (const at of [begin + 2, begin + 20, plain.length - 14]) {
      const damaged = Buffer.from(plain)
      damaged[at] ^= 0x10
      await expect(read(damaged)).rejects.toThrow('cannot be read')
    }
  })

  test('that unpacks to far more than its header says: no more than a little is unpacked', async () => {
    const bomb = Array.from({ length: 256 }, () => new Uint8Array(65_536))
    await expect(
      read(handmade(bomb, { depth: 8, colour: 0 }, { width: 8, height: 8 })),
    ).rejects.toThrow('more rows')
  })
})
