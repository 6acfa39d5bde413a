import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findTruth } from '#main/trainer/loader/tracking/object-truth.ts'
import { readFrameSequence } from '#main/video/frame-sequence.ts'
import { davis } from '#main/masks/formats/davis.ts'
import { encodePalettePng } from '#main/masks/formats/palette-png.ts'
import { faultsOf, inFolder, passThrough, record, recordsOf, rowsOf } from './records.ts'

/** Writes pictures of 5 x 3 pixels, or of other sizes, by their names in a sequence's folder. */
async function writeSequence(folder: string, pictures: Readonly<Record<string, number>>) {
  await mkdir(folder, { recursive: true })
  for (const [name, width] of Object.entries(pictures)) {
    await writeFile(join(folder, name), await encodePalettePng([2, 3, 3 * width - 5], width, 3))
  }
}

const sequence = 'Spin_v_Spin_g01_c01_4-4x3'

describe('a folder with the frames', () => {
  test('has one for each mask under the same number, and is read as without them', async () => {
    await inFolder(async (folder) => {
      const out = join(folder, 'out')
      const clip = record({ start: 4, frames: 9, stride: 1 })
      const asked: number[] = []
      const writer = await davis.create(out)
      await writer.write(clip, (frame) => {
        asked.push(frame)
        return Promise.resolve(Buffer.from(`frame ${frame}`))
      })
      await writer.end()
      expect(asked).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12])
      const [name] = await readdir(join(out, 'JPEGImages', '480p'))
      const path = join('JPEGImages', '480p', name)
      expect(readFrameSequence(join(out, path))).toMatchObject({
        first: 4,
        last: 12,
        missing: null,
      })
      expect(await readFile(join(out, path, '00007.jpg'), 'utf8')).toBe('frame 7')
      const truth = await findTruth(out, path.replaceAll('\\', '/'))
      expect(truth).toMatchObject({ kind: 'labels' })
      expect(truth?.kind === 'labels' && truth.files).toHaveLength(9)
      const rows = await rowsOf(davis, out)
      expect(recordsOf(rows)).toMatchObject([{ path: clip.path, start: 4, frames: 9 }])
    })
  })
})

describe('a folder of another program', () => {
  test('may have sequences without a folder for their size', async () => {
    await inFolder(async (folder) => {
      const bear = join(folder, 'Annotations', 'bear')
      await writeSequence(bear, { '00000.png': 5, '00001.png': 5 })
      const rows = await rowsOf(davis, folder)
      expect(recordsOf(rows)).toMatchObject([{ path: 'bear', start: 0, frames: 2 }])
    })
  })

  test('may have another size than 480p', async () => {
    await inFolder(async (folder) => {
      const bear = join(folder, 'Annotations', 'Full-Resolution', 'bear')
      await writeSequence(bear, { '00000.png': 5, '00001.png': 5 })
      const rows = await rowsOf(davis, folder)
      expect(recordsOf(rows)).toMatchObject([{ path: 'bear', frames: 2 }])
    })
  })

  test('without any masks is refused with what was expected', async () => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'Annotations', 'bear'), { recursive: true })
      await expect(rowsOf(davis, folder)).rejects.toThrow(/has no masks\. Expected 480p/)
    })
  })

  test('may have other files beside the pictures, by the same numbers', async () => {
    await inFolder(async (folder) => {
      const bear = join(folder, 'Annotations', '480p', 'bear')
      await writeSequence(bear, { '00000.png': 5, '00001.png': 5 })
      await writeFile(join(bear, '00000.txt'), 'notes')
      await writeFile(join(bear, '00001_old.png'), 'no picture')
      const rows = await rowsOf(davis, folder)
      expect(faultsOf(rows)).toEqual([])
      expect(recordsOf(rows)).toMatchObject([{ path: 'bear', frames: 2 }])
    })
  })

  test('must not have two pictures of one number', async () => {
    await inFolder(async (folder) => {
      const bear = join(folder, 'Annotations', '480p', 'bear')
      await writeSequence(bear, { '00000.png': 5, '00001.png': 5, '1.png': 5 })
      const rows = await rowsOf(davis, folder)
      expect(recordsOf(rows)).toEqual([])
      expect(faultsOf(rows)).toEqual([
        expect.stringMatching(/bear: .*00001\.png and 1\.png have the same number/),
      ])
    })
  })

  test('must have pictures of one size', async () => {
    await inFolder(async (folder) => {
      const bear = join(folder, 'Annotations', '480p', 'bear')
      await writeSequence(bear, { '00000.png': 5, '00001.png': 3 })
      expect(faultsOf(await rowsOf(davis, folder))).toEqual([
        expect.stringContaining('00001.png has 3 x 3 pixels, but 5 x 3 were expected'),
      ])
    })
  })
})

describe('an export', () => {
  test.each(['00004.png', '00007.png'])('is refused where %s has another size', async (name) => {
    await inFolder(async (folder) => {
      const writer = await davis.create(join(folder, 'out'))
      await writer.write(record({ byFrame: [{ frame: 1, source: 'hand', mask: [0, 5, 10] }] }))
      await writer.end()
      const pictures = join(folder, 'out', 'Annotations', '480p', sequence)
      await writeSequence(pictures, { [name]: 7 })
      expect(faultsOf(await rowsOf(davis, join(folder, 'out')))).toEqual([
        expect.stringContaining(`${name} has 7 x 3 pixels, but 5 x 3 were expected`),
      ])
    })
  })

  test('has folders that differ by more than case, and are short enough for any file system', async () => {
    const long = `${'folder/'.repeat(60)}clip`
    const written = [
      record({ path: 'Spin/a.avi', fame: null }),
      record({ path: 'spin/A.avi', fame: null }),
      record({ path: `${long}1.avi`, fame: null }),
      record({ path: `${long}2.avi`, fame: null }),
    ]
    await inFolder(async (folder) => {
      const out = join(folder, 'out')
      const writer = await davis.create(out)
      for (const one of written) expect(await writer.write(one)).toBe(true)
      await writer.end()
      const names = await readdir(join(out, 'Annotations', '480p'))
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(4)
      expect(Math.max(...names.map((name) => name.length))).toBeLessThan(255)
      const list = await readFile(join(out, 'ImageSets', '2017', 'val.txt'), 'utf8')
      expect(list.trim().split('\n').sort()).toEqual(names.sort())
    })
    const { rows } = await passThrough(davis, written)
    expect(recordsOf(rows)).toEqual(written)
  })

  test('leaves the process to other work while it packs a picture', async () => {
    let isOthersTurn = false
    setImmediate(() => (isOthersTurn = true))
    await encodePalettePng([100, 900, 1999 * 1000], 2000, 1000)
    expect(isOthersTurn).toBe(true)
  })
})
