import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeNpy } from '#main/masks/formats/npy.ts'
import { ZipWriter } from '#main/base/files/zip-writer.ts'
import {
  readApart,
  type ReadingLimits,
  type ReadPiece,
} from '#main/masks/reading/read-in-worker.ts'
import type { PackedRow, ReadingTask } from '#main/masks/reading/reader-protocol.ts'
import { WorkbenchError } from '#main/base/workbench-error.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

async function rowsOf(
  task: Partial<ReadingTask> & { file: string },
  limits?: ReadingLimits,
): Promise<PackedRow[]> {
  const rows: PackedRow[] = []
  const complete = { format: 'auto', unite: false, ...task } as const
  for await (const piece of readApart(complete, undefined, limits)) {
    if ('rows' in piece) rows.push(...piece.rows)
  }
  return rows
}

/** A COCO file with `count` images of 4 x 2 pixels. */
function cocoFile(count: number): string {
  const file = join(temporaryFolder(), 'masks.json')
  const ids = Array.from({ length: count }, (_, id) => id)
  const images = ids.map((id) => ({ id, file_name: `a.avi#${id}-4x1`, width: 4, height: 2 }))
  const segmentation = { size: [2, 4], counts: [1, 3, 4] }
  const annotations = ids.map((image_id) => ({ image_id, segmentation }))
  writeFileSync(file, JSON.stringify({ images, annotations }))
  return file
}

/** An .npz of one window, with other arrays in place of its own. */
async function npzFile(arrays: Record<string, Buffer>): Promise<string> {
  const file = join(temporaryFolder(), 'masks.npz')
  const zip = await ZipWriter.create(file)
  const one = encodeNpy('<i8', [1], Buffer.alloc(8, 1))
  const all = { path: texts('<U1', [1], 'a'), start: one, frames: one, stride: one, ...arrays }
  for (const [name, bytes] of Object.entries(all)) await zip.add(`${name}.npy`, bytes)
  await zip.end()
  return file
}

function texts(descr: string, shape: number[], text: string): Buffer {
  const points = Uint32Array.from([...text].map((character) => character.codePointAt(0)!))
  return encodeNpy(descr, shape, new Uint8Array(points.buffer))
}

/** Writes one number of 32 bits in the place of another, wherever it stands in a file. */
function replaceNumber(file: string, from: number, to: number): void {
  const bytes = readFileSync(file)
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (bytes.readUInt32LE(at) === from) bytes.writeUInt32LE(to, at)
  }
  writeFileSync(file, bytes)
}

/** Processes that this one has started and that run. */
const children = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length

describe('a file of masks', () => {
  test('is read in another process, which is gone afterwards', async () => {
    const seen: { piece: ReadPiece; children: number }[] = []
    const task = { file: cocoFile(120), format: 'auto', unite: false } as const
    for await (const piece of readApart(task)) seen.push({ piece, children: children() })
    expect(seen[0]).toEqual({ piece: { format: 'coco' }, children: 1 })
    const counts = seen.flatMap(({ piece }) => ('rows' in piece ? [piece.rows.length] : []))
    expect(counts).toEqual([50, 50, 20])
    await expect.poll(children).toBe(0)
  })

  test('is read no further than the host has taken in, and not at all once it is given up', async () => {
    const stop = new AbortController()
    const task = { file: cocoFile(1000), format: 'auto', unite: false } as const
    let rows = 0
    for await (const piece of readApart(task, stop.signal)) {
      if (!('rows' in piece)) continue
      rows += piece.rows.length
      stop.abort()
    }
    expect(rows).toBe(50)
    await expect.poll(children).toBe(0)
  })

  test('that keeps its reader busy without an end is given up at once', async () => {
    // Half a second at the least, with not a row of it.
    const file = join(temporaryFolder(), 'long.json')
    writeFileSync(file, `{"info": [${'1,'.repeat(2 ** 25)}1], "images": []}`)
    const stop = new AbortController()
    const pieces = readApart({ file, format: 'coco', unite: false }, stop.signal)
    await pieces.next()
    const next = pieces.next()
    stop.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    await expect.poll(children).toBe(0)
  })
})

describe('limits', () => {
  const MIB = 2 ** 20

  test('of memory: the file is refused with the limit and what to do', async () => {
    const file = cocoFile(20_000)
    const reading = rowsOf({ file }, { memory: 40 * MIB, silence: 60_000 })
    await expect(reading).rejects.toThrow(/more than 40 MB of memory.*Split the file/)
    await expect.poll(children).toBe(0)
  })

  test('of time without a sign of life: the file is refused likewise', async () => {
    const reading = rowsOf({ file: cocoFile(10) }, { memory: 1024 * MIB, silence: 1 })
    await expect(reading).rejects.toThrow(/no progress for 0.001 s.*smaller pieces/)
  })
})

describe('files that ask for more than they are', () => {
  const far = 4_000_000_000
  test.each([
    ['texts without a size', { path: texts('<U0', [far], '') }, 'have no size'],
    ['texts of no characters', { path: texts('<U0', [9], '') }, 'have no size'],
    [
      'a shape that no memory holds',
      { start: encodeNpy('<i8', [9e15], Buffer.alloc(8)) },
      'cut off',
    ],
    [
      'a shape that is no number',
      { start: encodeNpy('<i8', [Infinity], Buffer.alloc(8)) },
      'malformed',
    ],
    [
      'a character beyond Unicode',
      { path: encodeNpy('<U1', [1], Buffer.from([255, 255, 255, 127])) },
      '0x7fffffff',
    ],
    [
      'a text of megabytes',
      { path: encodeNpy('<U500000', [1], Buffer.alloc(2_000_000)) },
      'up to 16384',
    ],
    [
      'columns of 300 MB',
      { details: encodeNpy('|u1', [300 * 2 ** 20], Buffer.alloc(300 * 2 ** 20)) },
      'Split it',
    ],
  ])('an .npz with %s is refused', async (_, arrays, message) => {
    const reading = rowsOf({ file: await npzFile(arrays) })
    await expect(reading).rejects.toThrow(WorkbenchError)
    await expect(reading).rejects.toThrow(message)
  })

  test('an archive whose list of entries is longer than the file is refused', async () => {
    const file = join(temporaryFolder(), 'a.npz')
    const end = Buffer.alloc(22)
    end.write('PK\x05\x06', 'latin1')
    end.writeUInt16LE(1, 10)
    end.writeUInt32LE(0xffff_fff0, 12)
    writeFileSync(file, Buffer.concat([Buffer.from('PK'), end]))
    await expect(rowsOf({ file })).rejects.toThrow('not a complete NumPy archive')
  })

  test('an entry that unpacks to more than it says costs its row alone', async () => {
    const mask = encodeNpy('|b1', [1000, 1000], Buffer.alloc(1_000_000))
    const file = await npzFile({ mask_000000: mask })
    // The size that the list of entries gives, a tenth of the true one.
    replaceNumber(file, mask.length, 100_000)
    expect(await rowsOf({ file })).toMatchObject([{ outcome: 'damaged', path: 'a' }])
  })

  test.each([
    ['nested without an end', `{"annotations": [${'['.repeat(4 * 2 ** 20)}`, 'nests more than 64'],
    ['with an endless key', `{"${'a'.repeat(2 ** 20)}`, 'longer than 65536'],
    [
      'with an endless element',
      `{"images": ["${'a'.repeat(65 * 2 ** 20)}"]}`,
      'An element of "images"',
    ],
  ])('JSON %s is refused', async (_, text, message) => {
    const file = join(temporaryFolder(), 'a.json')
    writeFileSync(file, text)
    await expect(rowsOf({ file, format: 'coco' })).rejects.toThrow(message)
  })

  test('an annotation with NaN, as Python writes it, costs its row alone', async () => {
    const file = cocoFile(3)
    const annotations = readFileSync(file, 'utf8')
    writeFileSync(file, annotations.replace('{"image_id":1,', '{"image_id":1,"area":NaN,'))
    const rows = await rowsOf({ file })
    const whole = rows.filter((row) => 'record' in row && row.record.mask !== null)
    expect(whole.map((row) => 'record' in row && row.record.start)).toEqual([0, 2])
    expect(rows.filter((row) => 'fault' in row)).toMatchObject([{ where: 'annotation 2' }])
  })

  test('what is said of a row is short, however long the names in it are', async () => {
    const file = join(temporaryFolder(), 'a.json')
    const annotation = {
      image_id: 'x'.repeat(100_000),
      segmentation: { size: [1, 1], counts: [1] },
    }
    writeFileSync(file, JSON.stringify({ images: [], annotations: [annotation] }))
    const [row] = await rowsOf({ file, format: 'coco' })
    expect('fault' in row && row.fault.length).toBeLessThan(600)
  })
})

describe('what is no file', () => {
  const pipe = () => {
    const path = join(temporaryFolder(), 'pipe')
    execFileSync('mkfifo', [path])
    return path
  }
  const formats = ['auto', 'coco', 'youtube-vis', 'npz'] as const

  test.each(formats)('is refused before it is opened: %s', async (format) => {
    for (const file of ['/dev/zero', pipe()]) {
      await expect(rowsOf({ file, format })).rejects.toThrow('is a device, pipe or socket')
    }
  })

  test.each(['coco', 'npz'] as const)('is told as a folder: %s', async (format) => {
    await expect(rowsOf({ file: temporaryFolder(), format })).rejects.toThrow('is a folder')
  })

  test('costs its row alone among the pictures of a folder', async () => {
    const folder = temporaryFolder()
    execFileSync('mkfifo', [join(folder, 'pipe.png')])
    mkdirSync(join(folder, 'folder.png'))
    const windows = ['pipe.png', 'folder.png', 'none.png', '../outside.png'].map((mask, start) => ({
      path: 'a.avi',
      start,
      frames: 4,
      stride: 1,
      mask,
    }))
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ windows }))
    const rows = await rowsOf({ file: folder })
    const faults = rows.map((row) => ('fault' in row ? row.fault : ''))
    expect(faults).toEqual([
      expect.stringContaining('device, pipe or socket'),
      expect.stringContaining('is a folder'),
      expect.stringContaining('cannot be read (ENOENT)'),
      expect.stringContaining('is outside the folder'),
    ])
  })
})
