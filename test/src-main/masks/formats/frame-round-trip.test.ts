import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { coco } from '#main/masks/formats/coco.ts'
import { fromCocoCounts } from '#main/masks/formats/coco-rle.ts'
import { decodeNpy } from '#main/masks/formats/npy.ts'
import { NpzArchive } from '#main/masks/formats/npz-archive.ts'
import { davis } from '#main/masks/formats/davis.ts'
import { npz } from '#main/masks/formats/npz.ts'
import { readLabels } from '#main/masks/formats/png-labels.ts'
import { encodePalettePng } from '#main/masks/formats/palette-png.ts'
import { png } from '#main/masks/formats/png.ts'
import type { MaskFormat, MaskRecord } from '#main/masks/formats/record.ts'
import { youtubeVis } from '#main/masks/formats/youtube-vis.ts'
import { faultsOf, inFolder, passThrough, record, recordsOf, rowsOf } from './records.ts'

/** Frames 1 and 3 of 4 have masks of their own. */
const byFrame = [
  { frame: 1, source: 'hand', mask: [0, 5, 10] },
  { frame: 3, source: 'propagated', mask: [15] },
] as const
const written = record({ byFrame: byFrame.map((one) => ({ ...one, mask: [...one.mask] })) })

async function out<T>(
  format: MaskFormat,
  one: MaskRecord,
  work: (path: string) => Promise<T>,
): Promise<T> {
  return inFolder(async (folder) => {
    const path = join(folder, 'masks')
    const writer = await format.create(path)
    await writer.write(one)
    await writer.end()
    return await work(path)
  })
}

describe.each([
  ['PNG', png, { fame: written.fame }],
  ['COCO', coco, { fame: written.fame }],
  ['NumPy', npz, { fame: written.fame }],
  ['YouTube-VIS', youtubeVis, { fame: null }],
  ['DAVIS', davis, { fame: null }],
])('%s', (_, format, kept) => {
  test('brings masks by frame back beside those of windows without any', async () => {
    const plain = record({ start: 20 })
    const { rows } = await passThrough(format, [written, plain])
    expect(faultsOf(rows)).toEqual([])
    expect(recordsOf(rows)).toEqual([
      { ...written, ...kept },
      { ...plain, ...kept },
    ])
  })

  test('writes windows with one mask as ever', async () => {
    const { rows } = await passThrough(format, [record()])
    expect(recordsOf(rows)[0]).not.toHaveProperty('byFrame')
    expect(recordsOf(rows)[0]).not.toHaveProperty('ownFrames')
  })
})

test('PNG has a picture for each frame, named by its number in the video', async () => {
  await out(png, written, async (folder) => {
    const sequence = join(folder, 'masks', 'sample', written.path, '4-4x3')
    expect((await readdir(sequence)).sort()).toEqual([
      '00004.png',
      '00007.png',
      '00010.png',
      '00013.png',
    ])
    const runs = async (name: string) => (await readLabels(join(sequence, name))).runs
    expect(await runs('00004.png')).toEqual(written.mask)
    expect(await runs('00007.png')).toEqual([0, 5, 10])
    expect(await runs('00013.png')).toEqual([15])
  })
})

describe('DAVIS', () => {
  const sequence = 'Spin_v_Spin_g01_c01_4-4x3'

  test('has palette pictures, and lists the sequence', async () => {
    await out(davis, written, async (folder) => {
      const pictures = join(folder, 'Annotations', '480p', sequence)
      const names = (await readdir(pictures)).sort()
      expect(names).toEqual(['00004.png', '00007.png', '00010.png', '00013.png'])
      expect(await readFile(join(folder, 'ImageSets', '2017', 'val.txt'), 'utf8')).toBe(
        `${sequence}\n`,
      )
      const { default: sharp } = await import('sharp')
      const picture = sharp(join(pictures, '00007.png'))
      expect(await picture.metadata()).toMatchObject({ width: 5, height: 3 })
      // Bit depth and colour type: 8 bits that are places in a palette.
      const bytes = await readFile(join(pictures, '00007.png'))
      expect([...bytes.subarray(24, 26)]).toEqual([8, 3])
      // DAVIS shows the first object in dark red.
      const { data } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true })
      expect([...data.subarray(0, 3), ...data.subarray(15, 18)]).toEqual([128, 0, 0, 0, 0, 0])
    })
  })

  test('of another program gives clips of at most 128 frames with masks by frame', async () => {
    await inFolder(async (folder) => {
      const pictures = join(folder, 'Annotations', '480p', 'bear')
      await mkdir(pictures, { recursive: true })
      for (let n = 0; n < 130; n++) {
        const name = `${String(n).padStart(5, '0')}.png`
        const runs = [n % 6, 3, 12 - (n % 6)]
        await writeFile(join(pictures, name), await encodePalettePng(runs, 5, 3))
      }
      const rows = await rowsOf(davis, folder)
      expect(faultsOf(rows)).toEqual([])
      const [first, second] = recordsOf(rows)
      expect(first).toMatchObject({ path: 'bear', start: 0, frames: 128, stride: 1 })
      expect(second).toMatchObject({ path: 'bear', start: 128, frames: 2 })
      expect(first.byFrame?.[7]).toEqual({ frame: 7, source: 'hand', mask: [1, 3, 11] })
      expect(first.mask).toEqual([0, 8, 7])
      const [united] = recordsOf(await rowsOf(davis, folder, { unite: true }))
      expect(united.byFrame).toBeUndefined()
    })
  })

  test('says which frames lack a picture', async () => {
    await out(davis, written, async (folder) => {
      await rm(join(folder, 'Annotations', '480p', sequence, '00007.png'))
      expect(faultsOf(await rowsOf(davis, folder))).toHaveLength(1)
    })
  })
})

test('NumPy has an array [T, H, W] of what each frame is shown with', async () => {
  await out(npz, written, async (file) => {
    const zip = await NpzArchive.open(file)
    const { descr, shape, data } = decodeNpy(await zip.read('frames_000000.npy', 1e6))
    await zip.close()
    expect([descr, shape]).toEqual(['|b1', [4, 3, 5]])
    expect([...data.subarray(15, 30)]).toEqual([1, 1, 1, 1, 1, ...Array<number>(10).fill(0)])
    expect([...data.subarray(45)]).toEqual(Array(15).fill(0))
  })
})

test('YouTube-VIS has run lengths by frame, and the mask of the clip beside them', async () => {
  await out(youtubeVis, written, async (file) => {
    const { annotations } = JSON.parse(await readFile(file, 'utf8')) as {
      annotations: {
        segmentations: ({ counts: string } | null)[]
        areas: (number | null)[]
      }[]
    }
    const [{ segmentations, areas }] = annotations
    expect(segmentations).toHaveLength(40)
    expect(areas.flatMap((area, at) => (area === null ? [] : [[at, area]]))).toEqual([
      [4, 6],
      [7, 5],
      [10, 6],
      [13, 0],
    ])
    expect(fromCocoCounts(segmentations[7]!.counts, 3, 5)).toEqual([0, 5, 10])
  })
})

describe('masks of another program that differ from frame to frame', () => {
  const segmentation = (counts: number[]) => ({ size: [3, 5], counts })
  const foreign = {
    videos: [
      {
        id: 1,
        width: 5,
        height: 3,
        length: 4,
        file_names: [0, 1, 2, 3].map((n) => `Spin/a/0000${n}.jpg`),
      },
    ],
    annotations: [
      {
        video_id: 1,
        segmentations: [segmentation([0, 3, 12]), null, segmentation([3, 3, 9]), null],
      },
    ],
  }

  test('become masks by frame, blank where the object is not seen', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'a.json')
      const three = structuredClone(foreign)
      three.annotations[0].segmentations[1] = segmentation([15])
      await writeFile(file, JSON.stringify(three))
      const [one] = recordsOf(await rowsOf(youtubeVis, file))
      expect(one.byFrame?.map(({ frame, mask }) => [frame, mask.length])).toEqual([
        [0, expect.any(Number)],
        [1, 1],
        [2, expect.any(Number)],
      ])
      // The first column, then the second.
      expect(one.byFrame?.[0].mask).toEqual([0, 1, 4, 1, 4, 1, 4])
      expect(one.mask).toEqual([0, 2, 3, 2, 3, 2, 3])
    })
  })

  test('become one mask where they are united', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'a.json')
      await writeFile(file, JSON.stringify(foreign))
      const [one] = recordsOf(await rowsOf(youtubeVis, file, { unite: true }))
      expect(one.byFrame).toBeUndefined()
      expect(one.mask).toEqual([0, 2, 3, 2, 3, 2, 3])
    })
  })
})

describe('damaged masks by frame', () => {
  test('cost their own window alone, and say why', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'masks')
      const writer = await coco.create(path)
      await writer.write(written)
      await writer.write(record({ start: 20 }))
      await writer.end()
      const text = await readFile(path, 'utf8')
      await writeFile(path, text.replace('[3,"propagated"]', '[9,"propagated"]'))
      const rows = await rowsOf(coco, path)
      expect(faultsOf(rows)).toEqual([expect.stringContaining('frame 9')])
      expect(recordsOf(rows)).toEqual([record({ start: 20 })])
    })
  })
})
