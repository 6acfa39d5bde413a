import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import { openProject } from '#main/store/project.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from './temporary-folder.ts'
import { base, clip, PIXELS, project, runs, stroke } from './small-masks.ts'

const temporaryFolder = temporaryFolders()
const editor = fileURLToPath(new URL('editor-process.ts', import.meta.url))

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
      fame: null,
      mask: null,
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
