import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { queueQuerySchema } from '#shared/contract/mask-windows.ts'
import type { ClipWindow, MaskBase, MaskEdit } from '#shared/contract/mask-windows.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import { openProject } from '#main/store/project.ts'
import { Store } from '#main/store/store.ts'
import { video } from '../runs/sample-rows.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const editor = fileURLToPath(new URL('editor-process.ts', import.meta.url))

const WIDTH = 8
const HEIGHT = 4
const PIXELS = WIDTH * HEIGHT

function project(videos = 2) {
  const file = join(temporaryFolder(), 'workbench.sqlite')
  const store = new Store(file)
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const rows = Array.from({ length: videos }, (_, i) => video(i, 'train'))
  store.videos.write(
    datasetId,
    rows.map((row) => ({ ...row, width: WIDTH, height: HEIGHT })),
  )
  const ids = store.videos.query({}).items.map(({ id }) => id)
  return { store, file, ids }
}

const clip = (videoId: number, start = 0): ClipWindow => ({ videoId, start, frames: 16, stride: 2 })

/** The runs of the pixels named. */
function runs(...set: number[]): number[] {
  const mask = new Uint8Array(PIXELS)
  for (const pixel of set) mask[pixel] = 1
  return encodeRuns(mask)
}

function base(...set: number[]): MaskBase {
  const origin = { beta: 0.5, variant: 'fame', adaptive: false, compensate: false, size: 112 }
  return {
    origin: { ...origin, variant: 'fame' },
    width: WIDTH,
    height: HEIGHT,
    fame: runs(...set),
  }
}

function stroke(window: ClipWindow, revision: number, ...set: number[]): MaskEdit {
  return { window, revision, label: `brush ${revision}`, change: runs(...set) }
}

describe('an edit', () => {
  it('starts from the mask it names and is kept with author, time and origin', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    const edit = { ...stroke(window, 0, 1, 2), base: base(0, 1) }
    const { window: kept, history } = store.masks.edit(edit, 'Ada')
    expect(kept).toMatchObject({ ...window, state: 'corrected', edited: true, author: 'Ada' })
    expect(kept.origin).toEqual(base().origin)
    expect(Date.parse(kept.changedAt)).toBeGreaterThan(0)
    expect(history).toEqual({ undo: 'brush 0', redo: null, revision: 1 })
    expect(store.masks.open(window)).toMatchObject({ fame: runs(0, 1), mask: runs(0, 2), history })
    expect(store.masks.get(window)).toEqual(kept)
  })

  it('needs a mask to start from', () => {
    const { store, ids } = project()
    const edit = () => store.masks.edit(stroke(clip(ids[0]), 0, 1), 'Ada')
    expect(edit).toThrow('has no mask yet')
    expect(store.masks.get(clip(ids[0]))).toBeNull()
  })

  it('is refused when the window has changed since', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    store.masks.edit({ ...stroke(window, 0, 1), base: base() }, 'Ada')
    expect(() => store.masks.edit(stroke(window, 0, 2), 'Bob')).toThrow('changed elsewhere')
    store.masks.undo(window, 'Bob')
    expect(() => store.masks.edit(stroke(window, 1, 2), 'Ada')).toThrow('changed elsewhere')
    expect(store.masks.open(window)?.mask).toBeNull()
  })

  it('is refused when its pixels or its video do not fit', () => {
    const { store, ids } = project()
    const edit = { ...stroke(clip(ids[0]), 0), base: base() }
    expect(() => store.masks.edit({ ...edit, change: [5] }, 'Ada')).toThrow('cover 5 pixels')
    const wide = { ...base(), width: 9 }
    expect(() => store.masks.edit({ ...edit, base: wide }, 'Ada')).toThrow('the video 8 x 4')
    expect(() => store.masks.edit({ ...edit, window: clip(99) }, 'Ada')).toThrow('no video 99')
    expect(store.masks.list(ids[0])).toEqual([])
  })

  it('that turns no pixel is not kept', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    store.masks.edit({ ...stroke(window, 0, 1), base: base() }, 'Ada')
    const { history } = store.masks.edit(stroke(window, 1), 'Ada')
    expect(history).toEqual({ undo: 'brush 0', redo: null, revision: 1 })
  })

  it('with a base starts anew from another FAME mask, and that is undone too', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    store.masks.edit({ ...stroke(window, 0, 3), base: base(0) }, 'Ada')
    const other = { ...base(5, 6), origin: { ...base().origin, beta: 0.3 } }
    const reset = { ...stroke(window, 1), label: 'reset to FAME', base: other }
    expect(store.masks.edit(reset, 'Ada').window).toMatchObject({
      ...{ state: 'untouched', edited: false },
      origin: { beta: 0.3 },
    })
    expect(store.masks.open(window)).toMatchObject({ fame: runs(5, 6), mask: runs(5, 6) })
    expect(store.masks.undo(window, 'Ada')).toMatchObject({
      label: 'reset to FAME',
      window: { state: 'corrected', edited: true, origin: { beta: 0.5 } },
      ...{ fame: runs(0), mask: runs(0, 3) },
    })
    expect(store.masks.redo(window, 'Ada')).toMatchObject({ fame: runs(5, 6), mask: runs(5, 6) })
  })
})

describe('undo and redo', () => {
  it('go on across reopening the file, back to nothing and forward again', () => {
    const { store, file, ids } = project()
    const window = clip(ids[0])
    store.masks.edit({ ...stroke(window, 0, 1), base: base(0) }, 'Ada')
    store.masks.edit(stroke(window, 1, 2), 'Ada')
    store.masks.decide([{ window }], { state: 'approved' }, { author: 'Ada', label: 'approve' })
    store.close()
    const again = new Store(file)
    const back = [1, 2, 3, 4].map(() => again.masks.undo(window, 'Bob'))
    expect(back.map((step) => step?.label)).toEqual(['approve', 'brush 1', 'brush 0', undefined])
    expect(back[1]).toMatchObject({ window: { state: 'corrected' }, mask: runs(0, 1) })
    expect(back[2]).toMatchObject({
      window: { state: 'untouched', origin: null, author: 'Bob' },
      ...{ fame: null, mask: null },
      history: { undo: null, redo: 'brush 0' },
    })
    expect(again.masks.list(ids[0])).toEqual([])
    again.close()
    const last = new Store(file)
    const forward = [1, 2, 3, 4].map(() => last.masks.redo(window, 'Bob'))
    expect(forward.map((step) => step?.label)).toEqual(['brush 0', 'brush 1', 'approve', undefined])
    expect(forward[2]).toMatchObject({ window: { state: 'approved' }, mask: runs(0, 1, 2) })
    expect(forward[2]?.history).toMatchObject({ undo: 'approve', redo: null })
  })

  it('equal a model for any sequence, and never touch another window', () => {
    const { store, ids } = project()
    let run = 0
    const action = fc.record({
      window: fc.nat({ max: 2 }),
      what: fc.constantFrom('edit', 'edit', 'reset', 'reject', 'undo', 'redo'),
      pixels: fc.array(fc.nat({ max: PIXELS - 1 }), { maxLength: 6 }),
    })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
        const start = 20 * run++
        const windows = [clip(ids[0], start), clip(ids[0], start + 8), clip(ids[1], start)]
        const models = windows.map((): Model => ({ states: [UNTOUCHED], at: 0 }))
        for (const { window: at, what, pixels } of actions) {
          play(store, windows[at], models[at], what, pixels)
          windows.forEach((window, i) => {
            const { mask, fame, state } = models[i].states[models[i].at]
            const open = store.masks.open(window)
            expect([open?.mask ?? null, open?.fame ?? null]).toEqual([mask, fame])
            expect(open?.window.state ?? 'untouched').toBe(state)
          })
        }
      }),
      { numRuns: 60 },
    )
  })
})

interface ModelState {
  mask: number[] | null
  fame: number[] | null
  state: string
}

const UNTOUCHED: ModelState = { mask: null, fame: null, state: 'untouched' }

interface Model {
  states: ModelState[]
  at: number
}

function play(
  store: Store,
  window: ClipWindow,
  model: Model,
  what: string,
  pixels: number[],
): void {
  const now = model.states[model.at]
  const push = (next: ModelState): void => {
    model.states = [...model.states.slice(0, model.at + 1), next]
    model.at++
  }
  const revision = store.masks.open(window)?.history.revision ?? 0
  if (what === 'undo' || what === 'redo') {
    const to = what === 'undo' ? model.at - 1 : model.at + 1
    const expected = model.states[to]
    const step = store.masks[what](window, 'Ada')
    expect(step?.mask).toEqual(expected?.mask)
    if (expected) model.at = to
  } else if (what === 'reject') {
    store.masks.decide([{ window }], { state: 'rejected' }, { author: 'Ada', label: 'reject' })
    if (now.state !== 'rejected') push({ ...now, state: 'rejected' })
  } else if (what === 'reset' || now.mask === null) {
    const fame = runs(...pixels)
    store.masks.edit({ ...stroke(window, revision), base: base(...pixels) }, 'Ada')
    push({ fame, mask: fame, state: 'untouched' })
  } else {
    const mask = decodeRuns(now.mask, PIXELS)
    for (const pixel of new Set(pixels)) mask[pixel] ^= 1
    store.masks.edit(stroke(window, revision, ...new Set(pixels)), 'Ada')
    if (pixels.length > 0) push({ ...now, mask: encodeRuns(mask), state: 'corrected' })
  }
}

describe('kill -9', () => {
  it('loses no edit that was answered, nor its undo', async () => {
    const folder = temporaryFolder()
    const child = spawn(process.execPath, [editor, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const closed = once(child, 'close')
    let told = -1
    for await (const line of createInterface({ input: child.stdout })) {
      told = Number(line)
      if (told === 60) child.kill('SIGKILL')
    }
    await closed
    const project = openProject(folder)
    const { store } = project
    const [{ id }] = store.videos.query({}).items
    const open = store.masks.open(clip(id))!
    // The one under way when it was killed may have been kept.
    expect([told + 1, told + 2]).toContain(open.history.revision)
    const kept = open.history.revision
    const pixels = 128 * 96
    expect(decodeRuns(open.mask!, pixels)).toEqual(
      Uint8Array.from({ length: pixels }, (_, i) => Number(i < kept)),
    )
    for (let i = kept - 1; i >= 0; i--) {
      expect(store.masks.undo(clip(id), 'Ada')?.label).toBe(`pixel ${i}`)
    }
    expect(store.masks.undo(clip(id), 'Ada')).toBeNull()
    project.close()
  })
})

describe('a decision', () => {
  const decided = { author: 'Ada', label: 'decide' }

  it('changes only the fields it names, and is one step of the history', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    store.masks.decide([{ window }], { state: 'rejected' }, decided)
    store.masks.decide([{ window }], { notes: 'blurred', beta: 0.3 }, decided)
    expect(store.masks.get(window)).toMatchObject({
      ...{ state: 'rejected', notes: 'blurred', beta: 0.3, origin: null },
    })
    expect(store.masks.undo(window, 'Ada')?.window).toMatchObject({ notes: '', beta: null })
    expect(store.masks.list(ids[0])).toMatchObject([{ ...window, state: 'rejected' }])
  })

  it('that changes nothing is not kept', () => {
    const { store, ids } = project()
    const window = clip(ids[0])
    expect(store.masks.decide([{ window }], { state: 'approved' }, decided)).toHaveLength(1)
    expect(store.masks.decide([{ window }], { state: 'approved' }, decided)).toEqual([])
    expect(store.masks.open(window)?.history.revision).toBe(1)
    const other = clip(ids[1])
    expect(store.masks.decide([{ window: other }], { notes: '' }, decided)).toEqual([])
    expect(store.masks.get(other)).toBeNull()
    expect(store.maskQueue.page(queueQuerySchema.parse({})).total).toBe(1)
  })

  it('gives a window without a mask the one handed in, and leaves one with a mask its own', () => {
    const { store, ids } = project()
    const [fresh, drawn] = [clip(ids[0]), clip(ids[1])]
    store.masks.edit({ ...stroke(drawn, 0, 1), base: base(0) }, 'Ada')
    const items = [fresh, drawn].map((window) => ({ window, base: base(7) }))
    store.masks.decide(items, { state: 'approved' }, decided)
    expect(store.masks.open(fresh)).toMatchObject({ fame: runs(7), mask: runs(7) })
    expect(store.masks.open(fresh)?.window).toMatchObject({ edited: false, state: 'approved' })
    expect(store.masks.open(drawn)?.mask).toEqual(runs(0, 1))
    expect(store.masks.undo(fresh, 'Ada')).toMatchObject({ mask: null, fame: null })
  })

  it('on many is told as one batch, whose windows know whether anything newer stands on them', () => {
    const { store, ids } = project(3)
    const items = ids.map((id) => ({ window: clip(id) }))
    const batch = store.masks.newBatch()
    store.masks.decide(items, { state: 'rejected' }, { author: 'Ada', label: 'reject', batch })
    store.masks.decide([items[1]], { notes: 'why' }, decided)
    expect(store.masks.batch()).toEqual({ batch, label: 'reject', windows: 3 })
    const of = store.masks.ofBatch(batch, 0, 10)
    expect(of.map(({ latest }) => latest)).toEqual([true, false, true])
    expect(store.masks.ofBatch(batch, of[0].id, 1)).toEqual([of[1]])
    const undone = of.filter(({ latest }) => latest).map(({ id }) => id)
    store.masks.undoThese(undone, 'Ada')
    store.masks.dissolveBatch(batch)
    expect(ids.map((id) => store.masks.get(clip(id))?.state)).toEqual([
      ...['untouched', 'rejected', 'untouched'],
    ])
    expect(store.masks.batch()).toBeNull()
  })
})

describe('what training takes', () => {
  it('is every window that carries anything, with its packed mask', () => {
    const { store, ids } = project(3)
    const [drawn, rejected, undone] = ids.map((id) => clip(id))
    store.masks.edit({ ...stroke(drawn, 0, 1), base: base(0) }, 'Ada')
    const options = { author: 'Ada', label: 'reject' }
    store.masks.decide([{ window: rejected }, { window: undone }], { state: 'rejected' }, options)
    store.masks.undo(undone, 'Ada')
    const [first, second, ...rest] = store.masks.forTraining(ids)
    expect(rest).toEqual([])
    expect(first).toMatchObject({ ...drawn, state: 'corrected', edited: true, width: WIDTH })
    expect(unpackRuns(first.mask!)).toEqual(runs(0, 1))
    expect(second).toMatchObject({ ...rejected, state: 'rejected', mask: null })
    expect(store.masks.forTraining([ids[1]])).toEqual([second])
  })
})

describe('beta', () => {
  it('counts for the clip before its class, and for the class before the project', () => {
    const { store, ids } = project()
    const { maskBetas, masks } = store
    const window = clip(ids[0])
    const { datasetId, class: name } = store.videos.get(ids[0])
    expect(maskBetas.betaFor(window)).toBeNull()
    maskBetas.set({ scope: 'project' }, 0.4)
    expect(maskBetas.betaFor(window)).toEqual({ beta: 0.4, scope: 'project' })
    const ofClass = { scope: 'class', datasetId, class: name! } as const
    expect(maskBetas.set(ofClass, 0.3)).toEqual([
      { of: { scope: 'project' }, beta: 0.4 },
      { of: ofClass, beta: 0.3 },
    ])
    expect(maskBetas.betaFor(window)).toEqual({ beta: 0.3, scope: 'class' })
    masks.decide([{ window }], { beta: 0.2 }, { author: 'Ada', label: 'set beta' })
    expect(maskBetas.betaFor(window)).toEqual({ beta: 0.2, scope: 'window' })
    expect(maskBetas.betaFor(clip(ids[0], 5))).toEqual({ beta: 0.3, scope: 'class' })
    maskBetas.set(ofClass, null)
    expect([maskBetas.get(ofClass), maskBetas.betaFor()?.beta]).toEqual([null, 0.4])
  })
})
