import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { queueQuerySchema, type ClipWindow } from '#shared/contract/mask-windows.ts'
import { turnRuns, type Orientation } from '#shared/masks/orientation.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { migrate } from '#main/store/migrations.ts'
import { foundations } from '#main/store/schema/foundations.ts'
import { evaluations } from '#main/store/schema/evaluations.ts'
import { imports } from '#main/store/schema/imports.ts'
import { maskQueue } from '#main/store/schema/mask-queue.ts'
import { masks } from '#main/store/schema/masks.ts'
import { runs } from '#main/store/schema/runs.ts'
import { searchWords } from '#main/store/search-words.ts'
import { Store } from '#main/store/store.ts'
import { indexedVideo } from '../library/seeded-store.ts'
import { writeOldMask } from './old-masks.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()

/** The schema of version 0.1.0. */
const BEFORE = [foundations, masks, runs, maskQueue, evaluations, imports].flat().length

const STORED = { width: 5, height: 3 }
const upright: Orientation = { mirrored: false, rotation: 0 }
const window: ClipWindow = { videoId: 1, start: 0, frames: 16, stride: 1 }

/** Runs of a mask of the pixels named, as pictures are stored. */
function mask(...pixels: number[]): number[] {
  return encodeRuns(Uint8Array.from({ length: 15 }, (_, i) => Number(pixels.includes(i))))
}

/**
 * A project of version 0.1.0 with one video whose mask was drawn, drawn over, and drawn over once
 * more, which was undone; a survey has scored it.
 */
function oldProject(rotation: number): string {
  const file = join(temporaryFolder(), 'workbench.sqlite')
  const db = new Database(file)
  db.function('search_words', { deterministic: true }, searchWords)
  migrate(db, BEFORE)
  db.exec(`
    INSERT INTO datasets (name, format, folder) VALUES ('a', 'folder', '/a');
    INSERT INTO videos (dataset_id, path, frames, width, height, rotation, hash, size, modified)
      VALUES (1, 'cls/a.mp4', 50, 5, 3, ${rotation}, 'abc', 9, 8);
    INSERT INTO mask_queue (video_id, start, frames, stride, dataset_id, class, split, path,
      stability, area, agreement, priority) VALUES
      (1, 0, 16, 1, 1, '', '', 'cls/a.mp4', 0.5, 0.5, 0.5, 0.5),
      (1, 20, 16, 1, 1, '', '', 'cls/a.mp4', 0.5, 0.5, 0.5, 0.5);`)
  writeOldMask(db, STORED, mask(0, 1), [mask(2), mask(0, 14), mask(7)])
  db.close()
  return file
}

/** Every state of the window, from the current one forward, then all the way back. */
function states(store: Store) {
  const found = [store.masks.open(window)]
  for (const way of ['redo', 'undo', 'undo', 'undo'] as const) {
    found.push(store.masks[way](window, 'Ada'))
  }
  return found.map((state) => {
    const { fame, mask: pixels, window: fields } = state!
    return { fame, mask: pixels, width: fields.width, height: fields.height }
  })
}

function expectedStates(orientation: Orientation) {
  const turn = (runs: number[]) => turnRuns(runs, STORED, orientation)
  const size =
    orientation.rotation % 180 === 0 ? STORED : { width: STORED.height, height: STORED.width }
  const of = (...pixels: number[]) => ({
    fame: turn(mask(0, 1)),
    mask: turn(mask(...pixels)),
    ...size,
  })
  const nothing = { fame: null, mask: null, width: null, height: null }
  return [of(1, 2, 14), of(1, 2, 7, 14), of(1, 2, 14), of(0, 1, 2), nothing]
}

describe('a project of version 0.1.0', () => {
  it.each([90, 180, 270])('has its masks turned with the pictures, rotated by %i', (rotation) => {
    const store = new Store(oldProject(rotation))
    const orientation = { mirrored: false, rotation }
    const size = rotation === 180 ? STORED : { width: 3, height: 5 }
    expect(store.videos.get(1)).toMatchObject({ ...size, rotation })
    expect(store.masks.open(window)!.history).toMatchObject({ undo: 'brush', redo: 'brush' })
    expect(states(store)).toEqual(expectedStates(orientation))
    store.close()
  })

  it.each([0, 45])('keeps masks as they are where pictures are, rotated by %i', (rotation) => {
    const store = new Store(oldProject(rotation))
    expect(store.videos.get(1)).toMatchObject({ ...STORED, rotation: 0 })
    expect(states(store)).toEqual(expectedStates(upright))
    store.close()
  })

  it('refuses edits by pages that were opened before', () => {
    const store = new Store(oldProject(90))
    const edit = { window, label: 'brush', revision: 4, change: mask(0) }
    expect(() => store.masks.edit(edit, 'Ada')).toThrow('changed elsewhere')
    store.close()
  })

  it('can be opened with a mask that is damaged', () => {
    const file = oldProject(90)
    const db = new Database(file)
    db.exec(`UPDATE masks SET mask = x'80'`)
    db.close()
    new Store(file).close()
  })

  it('has its videos read again', () => {
    const store = new Store(oldProject(0))
    expect(store.videos.identity(1).reading).toBe(1)
    store.videos.write(1, [indexedVideo('cls/a.mp4')])
    expect(store.videos.identity(1).reading).toBe(2)
    store.close()
  })

  it('has masks turned when a video turns out to be mirrored, not rotated', () => {
    // Version 0.1.0 took a picture that is mirrored left to right for one that is rotated by 180°.
    const store = new Store(oldProject(180))
    store.videos.write(1, [
      { ...indexedVideo('cls/a.mp4'), ...STORED, rotation: 0, mirrored: true },
    ])
    expect(states(store)).toEqual(expectedStates({ mirrored: true, rotation: 0 }))
    store.close()
  })

  it('keeps masks when a file can no longer be read', () => {
    const store = new Store(oldProject(90))
    store.videos.write(1, [
      { ...indexedVideo('cls/a.mp4'), error: 'Empty', width: null, height: null },
    ])
    expect(states(store)).toEqual(expectedStates({ mirrored: false, rotation: 90 }))
    store.close()
  })

  it.each([
    ['was read with other colours', { colours: 'BT.709, limited range' }, [null]],
    ['was read with the same colours', {}, [0.5, 0.5]],
  ])('forgets the scores of a video only where it %s', (_, read, priorities) => {
    const store = new Store(oldProject(0))
    store.videos.write(1, [{ ...indexedVideo('cls/a.mp4'), ...STORED, rotation: 0, ...read }])
    const { items } = store.maskQueue.page(queueQuerySchema.parse({}))
    expect(items.map(({ score }) => score?.priority ?? null)).toEqual(priorities)
    expect(store.masks.get(window)).toMatchObject({ state: 'corrected' })
    store.close()
  })
})
