import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maskFileFormats } from '#shared/contract/mask-files.ts'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { toCocoRle } from '#main/masks/formats/coco-rle.ts'
import { exportMasks } from '#main/masks/export.ts'
import { importMasks } from '#main/masks/import.ts'
import { WorkbenchError } from '#main/base/workbench-error.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import {
  addVideos,
  baseOf,
  contentOf,
  correct,
  exported,
  imported,
  projectOf,
  Rng,
  SIZE,
  undoImport,
  videoId,
} from './mask-project.ts'

const temporaryFolder = temporaryFolders()
const paths = ['Spin/a b.avi', 'Spin/zwei 🙂.avi', 'Wave/c.mp4']
/** Formats that hold everything. */
const whole = maskFileFormats.filter((format) => !['youtube-vis', 'davis'].includes(format))

/** Two projects with the same videos; the first has masks. */
function twoProjects() {
  const folder = temporaryFolder()
  const from = projectOf(folder, paths)
  const windows = correct(from, new Rng(3))
  const to = projectOf(temporaryFolder(), paths)
  return { folder, from, to, windows }
}

describe.each(whole)('masks taken to another project as %s', (format) => {
  it('are what they were, by whom they were made', async () => {
    const { folder, from, to, windows } = twoProjects()
    const out = join(folder, 'masks')
    expect(await exported(from, { format, out })).toMatchObject({ windows: 9, leftOut: 0 })
    const { done } = await imported(to, { file: out, mode: 'all' })
    expect(done).toMatchObject({ format, rows: 9, misfits: 0, taken: 9, outcomes: { new: 9 } })
    for (const window of windows) expect(contentOf(to, window)).toEqual(contentOf(from, window))
  })

  it('are taken once: the second time everything is kept already', async () => {
    const { folder, from, to } = twoProjects()
    const out = join(folder, 'masks')
    await exported(from, { format, out })
    await imported(to, { file: out, mode: 'all' })
    const { done } = await imported(to, { file: out, mode: 'all' })
    expect(done).toMatchObject({ taken: 0, outcomes: { same: 9 } })
  })
})

describe('YouTube-VIS', () => {
  it("takes masks along, and FAME's are made anew", async () => {
    const { folder, from, to, windows } = twoProjects()
    const out = join(folder, 'masks.json')
    const { windows: held, leftOut } = await exported(from, { format: 'youtube-vis', out })
    expect({ held, leftOut }).toEqual({ held: 6, leftOut: 3 })
    await imported(to, { file: out, mode: 'all' })
    const [before, after] = [from, to].map((store) => contentOf(store, windows[0])!)
    expect(after).toEqual({ ...before, fame: [40, 4, 40] })
  })
})

describe('an export', () => {
  it('holds the data set and the states that were asked for alone', async () => {
    const { folder, from } = twoProjects()
    const other = addVideos(from, 'other', ['x.avi'])
    const id = videoId(from, 'x.avi')
    const window = { videoId: id, start: 1, frames: 4, stride: 1 }
    from.masks.decide([{ window }], { state: 'rejected' }, { author: 'Ada', label: 'reject' })
    const count = async (request: object, name: string) => {
      const out = join(folder, name)
      return (await exported(from, { format: 'coco', out, ...request })).windows
    }
    expect(await count({ datasetId: other }, 'one')).toBe(1)
    expect(await count({ states: ['approved', 'corrected'] }, 'two')).toBe(6)
    expect(await count({ states: ['rejected'], datasetId: 1 }, 'three')).toBe(3)
  })

  it('leaves out clips on which everything was undone', async () => {
    const { folder, from, windows } = twoProjects()
    from.masks.undo(windows[1], 'Ada')
    const out = join(folder, 'masks')
    expect((await exported(from, { format: 'coco', out })).windows).toBe(8)
  })

  it.each(maskFileFormats)('as %s that is stopped leaves nothing behind', async (format) => {
    const { folder, from } = twoProjects()
    const before = readdirSync(folder)
    const stop = new AbortController()
    stop.abort()
    const request = { format, out: join(folder, 'masks') }
    for await (const event of exportMasks(request, from, stop.signal)) {
      expect(event.type).toBe('progress')
    }
    expect(readdirSync(folder)).toEqual(before)
  })

  it('touches nothing that is there already', async () => {
    const { folder, from } = twoProjects()
    const out = join(folder, 'masks.json')
    writeFileSync(out, 'mine')
    await expect(exported(from, { format: 'coco', out })).rejects.toThrow('already exists')
    expect(readFileSync(out, 'utf8')).toBe('mine')
  })

  it('that cannot be written says where, and what to do', async () => {
    const { from, folder } = twoProjects()
    writeFileSync(join(folder, 'file'), '')
    const out = join(folder, 'file', 'masks.json')
    await expect(exported(from, { format: 'coco', out })).rejects.toThrow(
      /cannot be written.*Choose/,
    )
  })

  it('tells data sets of one name apart', async () => {
    const { folder, from } = twoProjects()
    const id = from.datasets.ensure({ name: 'set', format: 'folder', folder: '/elsewhere/set' })
    const out = join(folder, 'masks.json')
    await exported(from, { format: 'coco', out })
    expect(id).toBe(2)
    expect(readFileSync(out, 'utf8')).toContain('"dataset":"set (1)"')
  })
})

describe('an import', () => {
  /** COCO images by hand, each with a mask of its size. */
  function cocoFile(
    folder: string,
    images: { name: string; width?: number; height?: number; counts?: unknown }[],
  ): string {
    const file = join(folder, 'by-hand.json')
    const sized = images.map((image, i) => ({ ...SIZE, ...image, id: i + 1 }))
    const value = {
      annotations: sized.map(({ id, width, height, counts }) => ({
        image_id: id,
        segmentation: {
          ...toCocoRle([width * height], height, width),
          ...(counts ? { counts } : {}),
        },
      })),
      images: sized.map(({ id, name, width, height }) => ({ id, file_name: name, width, height })),
    }
    writeFileSync(file, JSON.stringify(value))
    return file
  }

  it('says of each row whether it fits, and changes nothing', async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, paths)
    addVideos(store, 'other', ['Wave/c.mp4'])
    const file = cocoFile(folder, [
      { name: 'Spin/a b.avi#0-8x2' },
      { name: 'Spin/a b#3-8x2' },
      { name: 'Spin/none.avi#0-8x2' },
      { name: 'Spin/a b.avi#0-8x2', width: 11 },
      { name: 'Spin/a b.avi#49-8x2' },
      { name: 'Spin/a b.avi#50-8x2' },
      { name: 'Spin/a b.avi#0-8x2' },
      { name: 'Spin/a b.avi#9-8x2', counts: 'no counts' },
      { name: 'Spin/a b.avi#9-8x2', counts: [83] },
      { name: 'Spin/a b.avi' },
      { name: 'Wave/c.mp4#0-8x2' },
      { name: 'Spin/a b.avi#0-200x2' },
    ])
    const { rows, done } = await imported(store, { file })
    const byRow = rows.map(({ where, outcome }) => `${where}: ${outcome}`)
    expect(byRow.sort((a, b) => Number(a.match(/\d+/)) - Number(b.match(/\d+/)))).toEqual([
      'image 1: new',
      'image 2: new',
      'image 3: unknown-video',
      'image 4: wrong-size',
      'image 5: new',
      'image 6: outside-video',
      'image 7: duplicate',
      'image 8: damaged',
      'image 9: damaged',
      'image 10: damaged',
      'image 11: ambiguous-video',
      'image 12: damaged',
    ])
    expect(rows.every(({ message, outcome }) => (message === null) === (outcome === 'new'))).toBe(
      true,
    )
    expect(done).toMatchObject({ rows: 12, misfits: 9, taken: 0 })
    expect(store.maskTransfer.count()).toBe(0)
  })

  it('finds the video in the data set that is named', async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, paths)
    const other = addVideos(store, 'other', ['Wave/c.mp4'])
    const file = cocoFile(folder, [{ name: 'Wave/c.mp4#0-8x2' }])
    const { rows } = await imported(store, { file, datasetId: other })
    expect(store.videos.get(rows[0].window!.videoId).datasetId).toBe(other)
  })

  it('takes all or nothing, unless told to take what fits', async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, paths)
    const file = cocoFile(folder, [{ name: 'Spin/a b.avi#0-8x2' }, { name: 'none.avi#0-8x2' }])
    expect((await imported(store, { file, mode: 'all' })).done.taken).toBe(0)
    expect(store.maskTransfer.count()).toBe(0)
    expect((await imported(store, { file, mode: 'fitting' })).done.taken).toBe(1)
    expect(store.masks.list(videoId(store, 'Spin/a b.avi'))).toMatchObject([
      { state: 'corrected', edited: true, author: 'Clara', origin: { beta: 0.5, size: 112 } },
    ])
  })

  it('replaces what is kept in one step of its history, and is undone as one decision', async () => {
    const { folder, from, to, windows } = twoProjects()
    correct(to, new Rng(8))
    const before = windows.map((window) => contentOf(to, window))
    const out = join(folder, 'masks')
    await exported(from, { format: 'npz', out })
    const { done } = await imported(to, { file: out, mode: 'all' })
    expect(done).toMatchObject({ outcomes: { replaces: 6, same: 3 }, taken: 6 })
    expect(to.masks.open(windows[0])?.history.undo).toBe('import')
    expect(await undoImport(to)).toEqual({ label: 'import', undone: 6, kept: 0 })
    const [author, undone] = ['Clara', windows.map((window) => contentOf(to, window))]
    expect(undone).toEqual(
      before.map((content, i) => ({ ...content!, author: i % 3 === 1 ? 'Berta' : author })),
    )
  })

  it('changes the mask of a clip that has one and leaves its FAME mask', async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, paths)
    const window: ClipWindow = { videoId: videoId(store, paths[0]), start: 0, frames: 8, stride: 2 }
    const base = baseOf([10, 5, 69])
    store.masks.edit({ window, revision: 0, label: 'brush', change: [84], base }, 'Ada')
    const { counts } = toCocoRle([1, 2, 81], SIZE.height, SIZE.width)
    const file = cocoFile(folder, [{ name: `${paths[0]}#0-8x2`, counts }])
    await imported(store, { file, mode: 'all' })
    expect(contentOf(store, window)).toMatchObject({ fame: [10, 5, 69], mask: [1, 2, 81] })
  })

  it("goes on when one clip's FAME mask cannot be made, and says so", async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, paths)
    const file = cocoFile(folder, [{ name: 'Spin/a b.avi#0-8x2' }, { name: 'Wave/c.mp4#0-8x2' }])
    const bad = videoId(store, 'Spin/a b.avi')
    const { done } = await imported(
      store,
      { file, mode: 'all' },
      {
        fameMask: (window, origin) =>
          window.videoId === bad
            ? Promise.reject(new WorkbenchError('The video is gone.'))
            : Promise.resolve({ ...baseOf([84]), origin }),
      },
    )
    expect(done).toMatchObject({ taken: 1, failures: 1 })
    expect(done.failed).toEqual([{ where: 'image 1', message: 'The video is gone.' }])
  })

  it('that is stopped keeps what it has taken, and takes no more', async () => {
    const { folder, from, to } = twoProjects()
    const out = join(folder, 'masks')
    await exported(from, { format: 'coco', out })
    const stop = new AbortController()
    const request = { file: out, format: 'coco', mode: 'all', unite: false } as const
    const fameMask = () => Promise.reject(new Error('not needed'))
    const context = { store: to, author: 'Clara', fameMask, signal: stop.signal }
    for await (const event of importMasks(request, context)) {
      expect(event.type).not.toBe('done')
      if (event.type === 'rows') stop.abort()
    }
    expect(to.maskTransfer.count()).toBe(0)
  })

  it.each([
    ['a file that is not there', 'none.json', null, 'cannot be read'],
    ['a file of something else', 'a.json', '{"info": 1}', 'has no masks'],
    ['a list', 'a.json', '[1, 2]', 'not a complete JSON object'],
    [
      'a file that was cut off',
      'a.json',
      '{"images": [{"id": 1}, {"id"',
      'not a complete JSON object',
    ],
    ['an archive that was cut off', 'a.npz', 'PK\u0003\u0004', 'not a complete NumPy archive'],
  ])('of %s is refused as a whole', async (_, name, text, message) => {
    const folder = temporaryFolder()
    const store = projectOf(folder, paths)
    const file = join(folder, name)
    if (text !== null) writeFileSync(file, text)
    await expect(imported(store, { file })).rejects.toThrow(message)
    expect(existsSync(file)).toBe(text !== null)
  })
})
