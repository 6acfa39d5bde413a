import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { toCocoRle } from '#main/masks/formats/coco-rle.ts'
import type { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { contentOf, imported, projectOf, SIZE, videoId } from './mask-project.ts'

/** Files as other programs write them, on a video of 64 frames. */
const temporaryFolder = temporaryFolders()
const PIXELS = SIZE.width * SIZE.height
/** Foreground from pixel `from`, row by row. */
const stretch = (from: number, count = 5) => [from, count, PIXELS - from - count]
const rle = (runs: number[]) => toCocoRle(runs, SIZE.height, SIZE.width)

function project(): Store {
  return projectOf(temporaryFolder(), ['Spin/a.avi'])
}

function written(value: unknown): string {
  const file = join(temporaryFolder(), 'masks.json')
  writeFileSync(file, JSON.stringify(value))
  return file
}

function maskAt(store: Store, window: Omit<ClipWindow, 'videoId'>) {
  const found = contentOf(store, { videoId: videoId(store, 'Spin/a.avi'), ...window })
  return found && { mask: found.mask, state: found.state }
}

const name = (number: number) => `Spin/a/${String(number).padStart(5, '0')}.jpg`
const every = (step: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => name(from + i * step))

/** A video of YouTube-VIS, and per object its mask at some of the listed frames. */
function youtubeVis(file_names: string[], objects: Record<number, number[]>[], fields = {}) {
  const video = { id: 1, ...SIZE, length: file_names.length, file_names, ...fields }
  const annotations = objects.map((masks) => ({
    video_id: 1,
    segmentations: file_names.map((_, place) => (masks[place] ? rle(masks[place]) : null)),
  }))
  return written({ annotations, videos: [video] })
}

describe('a YouTube-VIS file', () => {
  it('of every fifth frame: the numbers in the names are those of the frames', async () => {
    const store = project()
    const still = stretch(3)
    const file = youtubeVis(every(5, 13), [{ 2: still, 3: still, 4: still }])
    const { done } = await imported(store, { file, mode: 'all' })
    expect(done).toMatchObject({ taken: 1, misfits: 0 })
    expect(maskAt(store, { start: 10, frames: 3, stride: 5 })?.mask).toEqual(still)
  })

  it('whose names count from 1 says so, and is read from frame 0', async () => {
    const still = stretch(3)
    const file = youtubeVis(every(1, 64, 1), [{ 2: still, 3: still }])
    const { rows } = await imported(project(), { file })
    expect(rows[0].window).toMatchObject({ start: 2, frames: 2, stride: 1 })
    expect(rows[0].message).toContain('start at 1')
  })

  it.each([
    ['frames without numbers', (i: number) => `Spin/a/${String.fromCharCode(97 + i)}.jpg`],
    ['frames that were numbered afresh', name],
  ])('that lists 10 %s of 64 is refused', async (_, nameOf) => {
    const still = stretch(3)
    const names = Array.from({ length: 10 }, (_, i) => nameOf(i))
    const { rows } = await imported(project(), {
      file: youtubeVis(names, [{ 2: still, 3: still }]),
    })
    expect(rows).toMatchObject([{ outcome: 'wrong-length', window: null }])
    expect(rows[0].message).toContain('lists 10 frames of this video, which has 64')
  })

  it('that lacks a frame at the end is taken, and says so', async () => {
    const still = stretch(3)
    const { rows } = await imported(project(), {
      file: youtubeVis(every(1, 63), [{ 2: still, 3: still }]),
    })
    expect(rows).toMatchObject([{ outcome: 'new', window: { start: 2 } }])
    expect(rows[0].message).toContain('lists 63 frames')
  })

  it('whose length and names disagree is refused', async () => {
    const still = stretch(3)
    const file = youtubeVis(every(1, 64), [{ 2: still, 3: still }], { length: 60 })
    const { rows } = await imported(project(), { file })
    expect(rows[0].message).toContain('length 60 and 64 file_names')
  })

  it('with several objects: they are united where they overlap in time', async () => {
    const store = project()
    const [first, second] = [stretch(3), stretch(40)]
    const file = youtubeVis(every(1, 64), [
      { 2: first, 3: first, 4: first },
      { 20: first, 21: first },
      { 2: second, 3: second, 4: second },
    ])
    const { rows, done } = await imported(store, { file, mode: 'all' })
    expect(rows.map(({ where }) => where)).toEqual(['annotation 2', 'annotations 1, 3'])
    expect(done.taken).toBe(2)
    const both = [3, 5, 32, 5, PIXELS - 45]
    expect(maskAt(store, { start: 2, frames: 3, stride: 1 })?.mask).toEqual(both)
    expect(maskAt(store, { start: 20, frames: 2, stride: 1 })?.mask).toEqual(first)
  })

  it.each([
    ['moves', { 2: stretch(3), 3: stretch(9) }],
    ['is hidden at some frames', { 2: stretch(3), 3: stretch(3), 5: stretch(3) }],
  ])(
    'with an object that %s has masks by frame, or their union where that is asked for',
    async (_, object) => {
      const store = project()
      const file = youtubeVis(every(1, 64), [object])
      const { rows, done } = await imported(store, { file, mode: 'all' })
      expect(rows).toMatchObject([{ outcome: 'new', path: 'Spin/a' }])
      expect(rows[0].message).toContain('Each frame has its own')
      expect(done.taken).toBe(1)
      expect(store.masks.get(rows[0].window!)).toMatchObject({ byFrame: true, edited: true })
      const united = await imported(store, { file, mode: 'all', unite: true })
      expect(united.done.taken).toBe(1)
      expect(united.rows[0].message).toContain('the union of the masks of')
      const { start, frames, stride } = united.rows[0].window!
      expect(store.masks.get(united.rows[0].window!)).toMatchObject({ byFrame: false })
      const isMoving = '3' in object && object[3][0] === 9
      expect(maskAt(store, { start, frames, stride })?.mask).toEqual(
        isMoving ? [3, 5, 1, 5, PIXELS - 14] : stretch(3),
      )
      expect(frames).toBe(isMoving ? 2 : 4)
    },
  )

  it('with masks that are no clip says what a clip is', async () => {
    const messages: (string | null)[] = []
    for (const places of [[5], [0, 40]]) {
      const object = Object.fromEntries(places.map((place) => [place, stretch(3)]))
      const { rows } = await imported(project(), { file: youtubeVis(every(1, 64), [object]) })
      messages.push(rows[0].message)
    }
    expect(messages[0]).toContain('at least 2 frames')
    expect(messages[1]).toContain('a stride of at most 32')
  })
})

describe('a COCO file', () => {
  function coco(images: object[], annotations: object[]) {
    const all = images.map((image, i) => ({ id: i + 1, ...SIZE, ...image }))
    return written({ images: all, annotations })
  }
  const clip = (start: number, path = 'Spin/a.avi') => ({ file_name: `${path}#${start}-4x1` })

  it('with an image without annotation: nothing is decided on it', async () => {
    const store = project()
    const file = coco([clip(0), clip(8)], [{ image_id: 2, segmentation: rle(stretch(3)) }])
    const { done } = await imported(store, { file, mode: 'all' })
    expect(done).toMatchObject({ taken: 1, misfits: 0, outcomes: { new: 1, 'no-decision': 1 } })
    expect(maskAt(store, { start: 0, frames: 4, stride: 1 })).toBeNull()
  })

  it('with a decision but no mask: the decision is taken', async () => {
    const store = project()
    const own = { path: 'Spin/a.avi', start: 0, frames: 4, stride: 1 }
    const fame_workbench = { ...own, state: 'rejected', notes: 'blurred' }
    await imported(store, { file: coco([{ ...clip(0), fame_workbench }], []), mode: 'all' })
    expect(maskAt(store, own)).toEqual({ mask: null, state: 'rejected' })
  })

  it('with polygons, run lengths as a list, as text, and as Python shows bytes', async () => {
    const store = project()
    const { counts } = rle(stretch(3))
    const size = [SIZE.height, SIZE.width]
    const columns = [0, 7, PIXELS - 7]
    const box = [1, 1, 4, 1, 4, 3, 1, 3]
    const file = coco(
      [clip(0), clip(1), clip(2), clip(3), clip(4)],
      [
        { image_id: 1, segmentation: { size, counts } },
        { image_id: 2, segmentation: { size, counts: `b'${counts.replaceAll('\\', '\\\\')}'` } },
        { image_id: 3, segmentation: { size, counts: columns } },
        { image_id: 4, segmentation: [box] },
        { image_id: 5, segmentation: box },
      ],
    )
    const { done } = await imported(store, { file, mode: 'all' })
    expect(done).toMatchObject({ taken: 5, misfits: 0 })
    const masks = [0, 1, 2, 3, 4].map(
      (start) => maskAt(store, { start, frames: 4, stride: 1 })?.mask,
    )
    const column = [0, ...Array.from({ length: 7 }, () => [1, 11]).flat()]
    const boxed = [13, 3, 9, 3, PIXELS - 28]
    expect(masks).toEqual([stretch(3), stretch(3), column, boxed, boxed])
  })

  it('is taken with ids as texts, paths of Windows, and sizes in the run lengths alone', async () => {
    const file = coco(
      [clip(0, 'Spin\\a.avi'), { ...clip(4, './Spin/a.avi'), width: undefined, height: undefined }],
      [
        { image_id: '1', segmentation: rle(stretch(3)) },
        { image_id: 2, segmentation: rle(stretch(3)) },
      ],
    )
    const { rows } = await imported(project(), { file })
    expect(rows.map(({ outcome }) => outcome)).toEqual(['new', 'new'])
  })

  it('with an object that has a box alone: the image is refused, and not taken in part', async () => {
    const annotations = [
      { image_id: 1, segmentation: rle(stretch(3)) },
      { image_id: 1, segmentation: null, bbox: [1, 2, 3, 4] },
    ]
    const { rows } = await imported(project(), { file: coco([clip(0)], annotations) })
    expect(rows).toMatchObject([{ where: 'image 1', outcome: 'damaged' }])
    expect(rows[0].message).toContain('annotation 2 has no mask')
  })

  it('of a video of another length is taken, and says so', async () => {
    const own = { path: 'Spin/a.avi', start: 0, frames: 4, stride: 1, length: 40 }
    const file = coco(
      [{ ...clip(0), fame_workbench: own }],
      [{ image_id: 1, segmentation: rle(stretch(3)) }],
    )
    const { rows } = await imported(project(), { file })
    expect(rows).toMatchObject([{ outcome: 'new' }])
    expect(rows[0].message).toContain('lists 40 frames of this video, which has 64')
  })

  it('of a turned video must have the size in which the video is shown', async () => {
    const turned = { width: SIZE.height, height: SIZE.width }
    const segmentation = toCocoRle([PIXELS], turned.height, turned.width)
    const file = coco([{ ...clip(0), ...turned }], [{ image_id: 1, segmentation }])
    const { rows } = await imported(project(), { file })
    expect(rows).toMatchObject([{ outcome: 'wrong-size' }])
    expect(rows[0].message).toContain('but the video is shown with 12 x 7')
  })
})
