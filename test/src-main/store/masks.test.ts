import { describe, expect, it } from 'vitest'
import { queueQuerySchema } from '#shared/contract/mask-windows.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { base, clip, project, runs, stroke, WIDTH } from './small-masks.ts'

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
      state: 'untouched',
      edited: false,
      origin: { beta: 0.3 },
    })
    expect(store.masks.open(window)).toMatchObject({ fame: runs(5, 6), mask: runs(5, 6) })
    expect(store.masks.undo(window, 'Ada')).toMatchObject({
      label: 'reset to FAME',
      window: { state: 'corrected', edited: true, origin: { beta: 0.5 } },
      fame: runs(0),
      mask: runs(0, 3),
    })
    expect(store.masks.redo(window, 'Ada')).toMatchObject({ fame: runs(5, 6), mask: runs(5, 6) })
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
      state: 'rejected',
      notes: 'blurred',
      beta: 0.3,
      origin: null,
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
    const batch = store.maskBatches.next()
    store.masks.decide(items, { state: 'rejected' }, { author: 'Ada', label: 'reject', batch })
    store.masks.decide([items[1]], { notes: 'why' }, decided)
    expect(store.maskBatches.newest()).toEqual({ batch, label: 'reject', windows: 3 })
    const of = store.maskBatches.windowsOf(batch, 0, 10)
    expect(of.map(({ latest }) => latest)).toEqual([true, false, true])
    expect(store.maskBatches.windowsOf(batch, of[0].id, 1)).toEqual([of[1]])
    const undone = of.filter(({ latest }) => latest).map(({ id }) => id)
    store.masks.undoThese(undone, 'Ada')
    store.maskBatches.dissolve(batch)
    expect(ids.map((id) => store.masks.get(clip(id))?.state)).toEqual([
      ...['untouched', 'rejected', 'untouched'],
    ])
    expect(store.maskBatches.newest()).toBeNull()
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
