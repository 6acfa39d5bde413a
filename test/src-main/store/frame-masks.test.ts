import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { ClipWindow, MaskEdit, OpenMask } from '#shared/contract/mask-windows.ts'
import {
  changesBetween,
  packFrameChanges,
  unpackFrames,
  type FrameMasks,
  type FrameSource,
} from '#shared/masks/frame-masks.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { turnRuns } from '#shared/masks/orientation.ts'
import { openDatabase } from '#main/store/database.ts'
import { migrate, SCHEMA_VERSION } from '#main/store/migrations.ts'
import { frameMasks } from '#main/store/schema/frame-masks.ts'
import { searchWords } from '#main/store/search-words.ts'
import { Store } from '#main/store/store.ts'
import { turnMask } from '#main/store/turn-mask.ts'
import { writeOldMask } from './old-masks.ts'
import { base, clip, HEIGHT, PIXELS, project, runs, stroke, WIDTH } from './small-masks.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const shape = { frames: 16, pixels: PIXELS }

/** The masks named, by frame. */
function frames(entries: Record<number, number[]>, source: FrameSource = 'hand'): FrameMasks {
  return new Map(
    Object.entries(entries).map(([frame, set]) => [
      Number(frame),
      { source, mask: packRuns(runs(...set)) },
    ]),
  )
}

function byFrame(from: FrameMasks, to: FrameMasks): Uint8Array {
  return packFrameChanges(changesBetween(from, to, PIXELS), shape)!
}

/** An edit of masks by frame alone. */
function edit(window: ClipWindow, revision: number, from: FrameMasks, to: FrameMasks): MaskEdit {
  return { ...stroke(window, revision), byFrame: byFrame(from, to) }
}

function framesIn(open: OpenMask | null): FrameMasks {
  return new Map(
    [...unpackFrames(open?.byFrame ?? null, shape)].map(([frame, { source, mask }]) => [
      frame,
      { source, mask: new Uint8Array(mask) },
    ]),
  )
}

const none: FrameMasks = new Map()
const first = frames({ 3: [1, 2] })
const second = new Map([...frames({ 3: [2], 4: [5] }), ...frames({ 9: [7] }, 'propagated')])

/** A window with `first`, then `second`. */
function edited() {
  const made = project()
  const window = clip(made.ids[0])
  made.store.masks.edit({ ...edit(window, 0, none, first), base: base(0, 1) }, 'Ada')
  made.store.masks.edit(edit(window, 1, first, second), 'Ada')
  return { ...made, window }
}

describe('masks by frame', () => {
  it('of the variant are kept with an approval, which is no correction, and go with it', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    const automatic = frames({ 0: [1], 7: [2, 3] }, 'automatic')
    const made = { ...base(0, 1), byFrame: automatic }
    const approve = { author: 'Ada', label: 'approve' }
    const [kept] = store.masks.decide([{ window, base: made }], { state: 'approved' }, approve)
    expect(kept).toMatchObject({ state: 'approved', edited: false })
    expect(framesIn(store.masks.open(window))).toEqual(automatic)
    store.masks.undo(window, 'Ada')
    expect(framesIn(store.masks.open(window))).toEqual(none)
    store.masks.redo(window, 'Ada')
    expect(framesIn(store.masks.open(window))).toEqual(automatic)
    // One that is drawn is one that was corrected.
    const drawn = new Map([...automatic, ...frames({ 7: [4] })])
    const { history } = store.masks.open(window)!
    const result = store.masks.edit(edit(window, history.revision, automatic, drawn), 'Ada')
    expect(result.window).toMatchObject({ state: 'corrected', edited: true })
  })

  it('of the variant give way to those of an edit that starts from no mask', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    const made = { ...base(0, 1), byFrame: frames({ 0: [1], 7: [2, 3] }, 'automatic') }
    const options = { author: 'Ada', label: 'approve' }
    store.masks.decide([{ window, base: made }], { state: 'approved' }, options)
    store.masks.decide([{ window }], { state: 'untouched' }, options)
    const { history } = store.masks.open(window)!
    const start = edit(window, history.revision, none, frames({ 3: [5] }))
    store.masks.edit({ ...start, base: base(0, 1) }, 'Ada')
    expect(framesIn(store.masks.open(window))).toEqual(frames({ 3: [5] }))
    store.masks.undo(window, 'Ada')
    expect([...framesIn(store.masks.open(window)).keys()]).toEqual([0, 7])
  })

  it('are kept beside the mask of the clip, which they leave as it is', () => {
    const { store, file, window } = edited()
    store.close()
    const again = new Store(file)
    const open = again.masks.open(window)
    expect(framesIn(open)).toEqual(second)
    expect(open).toMatchObject({ fame: runs(0, 1), mask: runs(0, 1) })
    expect(open?.window).toMatchObject({ state: 'corrected', edited: true, byFrame: true })
    again.close()
  })

  it('are undone and redone one step at a time', () => {
    const { store, window } = edited()
    expect(framesIn(store.masks.undo(window, 'Bob'))).toEqual(first)
    const bare = store.masks.undo(window, 'Bob')
    expect(bare).toMatchObject({ byFrame: null, mask: null, window: { byFrame: false } })
    expect(framesIn(store.masks.redo(window, 'Bob'))).toEqual(first)
    expect(framesIn(store.masks.redo(window, 'Bob'))).toEqual(second)
  })

  it('go with a stroke on the mask of the clip in one step', () => {
    const { store, window } = edited()
    const third = frames({ 3: [2, 6] })
    store.masks.edit({ ...stroke(window, 2, 6), byFrame: byFrame(second, third) }, 'Ada')
    expect(store.masks.open(window)?.mask).toEqual(runs(0, 1, 6))
    expect(framesIn(store.masks.open(window))).toEqual(third)
    const back = store.masks.undo(window, 'Ada')
    expect(back?.mask).toEqual(runs(0, 1))
    expect(framesIn(back)).toEqual(second)
  })

  it('stay through an approval, and make an edit of a mask that equals FAME’s', () => {
    const { store, window } = edited()
    store.masks.decide([{ window }], { state: 'approved' }, { author: 'Ada', label: 'approve' })
    const open = store.masks.open(window)
    expect(open?.window).toMatchObject({ state: 'approved', edited: true, byFrame: true })
    expect(framesIn(open)).toEqual(second)
    store.masks.edit(edit(window, 3, second, none), 'Ada')
    expect(store.masks.get(window)).toMatchObject({ edited: false, byFrame: false })
  })

  it('are refused where they do not fit what is there', () => {
    const { store, window } = edited()
    const stale = edit(window, 2, none, first)
    expect(() => store.masks.edit(stale, 'Ada')).toThrow('not the one that the change starts from')
    const other = packFrameChanges(changesBetween(none, frames({ 1: [1] }), PIXELS), {
      frames: 8,
      pixels: PIXELS,
    })!
    const misfit = { ...stroke(window, 2), byFrame: other }
    expect(() => store.masks.edit(misfit, 'Ada')).toThrow('8 frames')
    expect(framesIn(store.masks.open(window))).toEqual(second)
  })

  it('that are damaged cost neither the clip’s mask nor its history', () => {
    const { store, file, window } = edited()
    store.close()
    const db = new Database(file)
    db.exec(`UPDATE masks SET by_frame = x'0101108001ff'`)
    db.close()
    const again = new Store(file)
    expect(again.masks.open(window)).toMatchObject({ mask: runs(0, 1) })
    again.masks.edit(stroke(window, 2, 5), 'Ada')
    expect(again.masks.undo(window, 'Ada')).toMatchObject({ mask: runs(0, 1) })
    expect(again.masks.undo(window, 'Ada')).not.toBeNull()
    again.masks.edit(edit(window, 5, none, first), 'Ada')
    expect(framesIn(again.masks.open(window))).toEqual(first)
    again.close()
  })

  it('are given to training as they are stored', () => {
    const { store, ids, window } = edited()
    const [stored] = store.masks.forTraining([ids[0]])
    expect(framesIn({ ...store.masks.open(window)!, byFrame: stored.byFrame })).toEqual(second)
  })

  it('turn with the pictures of their video', () => {
    const { store, file, ids, window } = edited()
    store.close()
    const db = openDatabase(file)
    db.prepare('UPDATE videos SET rotation = 90 WHERE id = ?').run(ids[0])
    db.close()
    const turned = new Store(file)
    const size = { width: WIDTH, height: HEIGHT }
    const turn = (set: number[]) =>
      packRuns(turnRuns(runs(...set), size, { mirrored: false, rotation: 90 }))
    expect(framesIn(turned.masks.open(window)).get(4)?.mask).toEqual(turn([5]))
    const back = framesIn(turned.masks.undo(window, 'Ada'))
    expect(back.get(3)?.mask).toEqual(turn([1, 2]))
    expect(back.size).toBe(1)
    turned.close()
  })
})

describe('a project from before masks by frame', () => {
  it('opens with its masks and their history, and takes masks by frame', () => {
    const file = join(temporaryFolder(), 'workbench.sqlite')
    const db = new Database(file)
    db.function('search_words', { deterministic: true }, searchWords)
    db.function('turn_mask', { deterministic: true, varargs: true }, turnMask)
    migrate(db, SCHEMA_VERSION - frameMasks.length)
    db.exec(`
      INSERT INTO datasets (name, format, folder) VALUES ('a', 'folder', '/a');
      INSERT INTO videos (dataset_id, path, frames, width, height, hash, size, modified)
        VALUES (1, 'cls/a.mp4', 50, ${WIDTH}, ${HEIGHT}, 'abc', 9, 8);`)
    writeOldMask(db, { width: WIDTH, height: HEIGHT }, runs(0, 1), [runs(2), runs(0), runs(7)])
    db.close()
    const store = new Store(file)
    const window = { videoId: 1, start: 0, frames: 16, stride: 1 }
    const open = store.masks.open(window)
    expect(open).toMatchObject({ fame: runs(0, 1), mask: runs(1, 2), byFrame: null })
    expect(open?.history).toEqual({ undo: 'brush', redo: 'brush', revision: 4 })
    expect(store.masks.redo(window, 'Ada')?.mask).toEqual(runs(1, 2, 7))
    store.masks.edit(edit(window, 5, none, first), 'Ada')
    expect(framesIn(store.masks.open(window))).toEqual(first)
    expect(store.masks.undo(window, 'Ada')).toMatchObject({ byFrame: null, mask: runs(1, 2, 7) })
    expect(store.masks.undo(window, 'Ada')?.mask).toEqual(runs(1, 2))
    store.close()
  })
})
