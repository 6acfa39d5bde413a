// @vitest-environment happy-dom
import { ORPCError } from '@orpc/client'
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ref } from 'vue'
import type { ClipWindow, MaskDecision, MaskEdit } from '#shared/contract/mask-windows.ts'
import { fillRectangle } from '#shared/masks/edits/polygon.ts'
import {
  useMaskEditor,
  type MaskEditor,
} from '../../../src-renderer/src/features/masks/composables/use-mask-editor.ts'
import { useMaskWriter } from '../../../src-renderer/src/features/masks/composables/use-mask-writer.ts'
import { editOnce } from '../../../src-renderer/src/features/masks/lib/tools/editing.ts'
import { FakeMaskService, ORIGIN, SIZE, WINDOW } from '../features/masks/lib/fake-mask-service.ts'
import { fakeHost, mountComposable } from './fake-host.ts'

const OTHER: ClipWindow = { ...WINDOW, start: 64 }

let service: FakeMaskService
let calls: { path: string; input: unknown }[]

beforeEach(() => {
  service = new FakeMaskService()
  const isOther = (input: unknown) => (input as ClipWindow).start === OTHER.start
  calls = fakeHost({
    // Nothing is kept of the other window.
    'masks.window': (input) => (isOther(input) ? null : service.window()),
    'masks.edit': (input) => refused(service.edit(input as MaskEdit)),
    'masks.undo': () => refused(service.undo()),
    'masks.redo': () => refused(service.redo()),
    'masks.decide': (input) => {
      const { window, change } = input as { window: ClipWindow; change: Partial<MaskDecision> }
      return refused(service.decide(window, change))
    },
  })
})
// The writer is one for the page: a test that leaves something behind would spoil the next.
afterEach(() => expect(useMaskWriter().writer.unsaved).toBe(0))

/** Errors as they come over the channel. */
function refused<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: Error) =>
    Promise.reject(new ORPCError('CONFLICT', { message: error.message })),
  )
}

/** An editor on a window that a test may change. FAME's mask: the left three columns. */
async function openEditor(wanted: ClipWindow | null = WINDOW) {
  const window = ref(wanted)
  const data = new Uint8Array(SIZE.width * SIZE.height).map((_, i) => (i % SIZE.width < 3 ? 1 : 0))
  const { result: editor, unmount } = mountComposable(() =>
    useMaskEditor({
      window,
      fame: () => ({ ...SIZE, data, origin: ORIGIN }),
      hasFame: () => true,
      frame: () => 0,
      origin: () => ORIGIN,
    }),
  )
  await flushPromises()
  return { editor, window, unmount }
}

/** Paints four pixels in a column. */
function paint({ editing }: MaskEditor, label: string, column: number) {
  editOnce(editing, label, (mask) =>
    fillRectangle(mask, { x: column, y: 1 }, { x: column + 1, y: 5 }, 1),
  )
}

const painted = (mask: Uint8Array | null | undefined) =>
  mask?.reduce((sum, value) => sum + value, 0)
/** Pixels of FAME's mask. */
const OWN = 3 * SIZE.height

function gate() {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  service.gate = promise
  return () => resolve(undefined)
}

it('shows a stroke at once, and saves it behind', async () => {
  const { editor } = await openEditor()
  expect(editor.view.value).toMatchObject({ hasOwnMask: false, kept: null, unsaved: 0 })
  const open = gate()
  paint(editor, 'brush', 6)
  await flushPromises()
  expect(editor.view.value).toMatchObject({ hasOwnMask: true, unsaved: 1 })
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 4)
  expect(service.mask).toBeNull()
  open()
  await flushPromises()
  expect(editor.view.value).toMatchObject({ unsaved: 0, kept: { state: 'corrected' } })
  expect(painted(service.mask)).toBe(OWN + 4)
  expect(editor.saving).toMatchObject({ unsaved: 0, failure: null })
})

it('undoes and redoes, and names what comes next', async () => {
  const { editor } = await openEditor()
  paint(editor, 'brush', 6)
  paint(editor, 'lasso', 8)
  await flushPromises()
  expect(editor.view.value?.history).toMatchObject({ undo: 'lasso', redo: null })
  editor.undo()
  await flushPromises()
  expect(editor.view.value?.history).toMatchObject({ undo: 'brush', redo: 'lasso' })
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 4)
  editor.redo()
  await flushPromises()
  expect(editor.view.value?.history).toMatchObject({ undo: 'lasso', redo: null })
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 8)
  expect(painted(service.mask)).toBe(OWN + 8)
})

it('keeps a stroke that cannot be saved, says why, and saves it when asked again', async () => {
  const { editor } = await openEditor()
  service.fates = ['refuse']
  paint(editor, 'brush', 6)
  await flushPromises()
  expect(String(editor.saving.failure)).toContain('The disk is full.')
  expect(editor.saving.unsaved).toBe(1)
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 4)
  editor.retry()
  await flushPromises()
  expect(editor.saving).toMatchObject({ unsaved: 0, failure: null })
  expect(painted(service.mask)).toBe(OWN + 4)
})

it('shows what the host keeps, once a stroke that cannot be saved is given up', async () => {
  const { editor } = await openEditor()
  paint(editor, 'brush', 6)
  await flushPromises()
  service.fates = ['refuse']
  paint(editor, 'lasso', 8)
  await flushPromises()
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 8)
  editor.giveUp()
  await flushPromises()
  expect(editor.saving).toMatchObject({ unsaved: 0, failure: null })
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 4)
  expect(editor.view.value?.history).toMatchObject({ undo: 'brush', redo: null })
})

it('saves what was drawn before another window is opened, and goes on with it', async () => {
  const { editor, window } = await openEditor()
  const open = gate()
  paint(editor, 'brush', 6)
  window.value = OTHER
  await flushPromises()
  expect(editor.view.value).toMatchObject({ window: OTHER, hasOwnMask: false, unsaved: 0 })
  expect(editor.saving.unsaved).toBe(1)
  const asked = calls.filter(({ path }) => path === 'masks.window').length
  window.value = WINDOW
  await flushPromises()
  // The host does not know of the stroke yet: it is not asked.
  expect(calls.filter(({ path }) => path === 'masks.window')).toHaveLength(asked)
  expect(editor.view.value).toMatchObject({ window: WINDOW, hasOwnMask: true, unsaved: 1 })
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 4)
  open()
  await flushPromises()
  expect(editor.view.value).toMatchObject({ unsaved: 0, kept: { state: 'corrected' } })
  expect(painted(service.mask)).toBe(OWN + 4)
})

it('saves what was drawn before the view is left, though the editor is gone', async () => {
  const first = await openEditor()
  const open = gate()
  paint(first.editor, 'brush', 6)
  first.unmount()
  expect(useMaskWriter().writer.unsaved).toBe(1)
  const second = await openEditor()
  expect(painted(second.editor.shown.value?.mask)).toBe(OWN + 4)
  expect(second.editor.view.value?.unsaved).toBe(1)
  open()
  await flushPromises()
  expect(painted(service.mask)).toBe(OWN + 4)
  expect(second.editor.view.value?.unsaved).toBe(0)
})

it('gives up a stroke in the middle when the window changes', async () => {
  const { editor, window } = await openEditor()
  const open = gate()
  paint(editor, 'brush', 6)
  editor.editing.begin()
  editor.editing.paint((mask) => fillRectangle(mask, { x: 8, y: 1 }, { x: 9, y: 5 }, 1))
  await flushPromises()
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 8)
  window.value = OTHER
  await flushPromises()
  editor.editing.commit('lasso')
  await flushPromises()
  expect(editor.view.value).toMatchObject({ window: OTHER, hasOwnMask: false })
  window.value = WINDOW
  await flushPromises()
  expect(painted(editor.shown.value?.mask)).toBe(OWN + 4)
  // The next stroke is not taken for the rest of the one that was given up.
  paint(editor, 'lasso', 9)
  open()
  await flushPromises()
  expect(painted(service.mask)).toBe(OWN + 8)
  expect(service.log).toEqual(['edit brush', 'edit lasso'])
})

it('decides on a window before it is open, and shows the decision then', async () => {
  const { editor, window } = await openEditor(null)
  window.value = WINDOW
  expect(editor.session.value).toBeNull()
  await editor.decide({ state: 'approved' })
  await flushPromises()
  expect(editor.view.value?.kept?.state).toBe('approved')
  expect(service.log).toEqual(['decide'])
})
