// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { ref } from 'vue'
import type { ClipWindow, MaskDecision, MaskEdit } from '#shared/contract/mask-windows.ts'
import { defaultConfig } from '#shared/config/pretrain-config.ts'
import { fillRectangle } from '#shared/masks/edits/polygon.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { useCarriedBy } from '../../../src-renderer/src/features/masks/composables/use-carried-by.ts'
import { useMaskEditor } from '../../../src-renderer/src/features/masks/composables/use-mask-editor.ts'
import { usePropagation } from '../../../src-renderer/src/features/masks/composables/use-propagation.ts'
import { useMaskScope } from '../../../src-renderer/src/features/masks/mask-settings-store.ts'
import { editOnce } from '../../../src-renderer/src/features/masks/lib/tools/editing.ts'
import { FakeMaskService, ORIGIN, SIZE, WINDOW } from '../features/masks/lib/fake-mask-service.ts'
import { fakeHost, setUp } from './fake-host.ts'

const PIXELS = SIZE.width * SIZE.height
const PROPOSED = [1, 2, 3]
let service: FakeMaskService

beforeEach(() => {
  service = new FakeMaskService()
  fakeHost({
    'masks.window': () => service.window(),
    'masks.edit': (input) => service.edit(input as MaskEdit),
    'masks.undo': () => service.undo(),
    'masks.decide': (input) => {
      const { window, change } = input as { window: ClipWindow; change: Partial<MaskDecision> }
      return service.decide(window, change)
    },
    'masks.propagate': async function* () {
      const mask = packRuns([0, PIXELS])
      await Promise.resolve()
      for (const frame of PROPOSED) {
        yield { type: 'frame', frame, mask, agreement: 1, overlap: null }
      }
    },
  })
})

/** An editor with a mask drawn on frame 0, which has been carried to three frames. */
async function propagated() {
  const at = ref(0)
  const data = new Uint8Array(PIXELS).fill(1, 0, 8)
  const { editor, propagation, scope } = setUp(() => {
    const editor = useMaskEditor({
      window: ref(WINDOW),
      fame: () => ({ ...SIZE, data, origin: ORIGIN }),
      hasFame: () => true,
      frame: () => at.value * WINDOW.stride,
      origin: () => ORIGIN,
    })
    return {
      editor,
      propagation: usePropagation(editor, () => ({ kind: 'flow' })),
      scope: useMaskScope(),
    }
  })
  await flushPromises()
  scope.scope = 'frame'
  const paint = async (column: number) => {
    editOnce(editor.editing, 'brush', (mask) =>
      fillRectangle(mask, { x: column, y: 1 }, { x: column + 1, y: 5 }, 1),
    )
    await flushPromises()
  }
  await paint(9)
  await propagation.start()
  expect([...propagation.proposed.value.keys()]).toEqual(PROPOSED)
  return { editor, propagation, at, paint, scope }
}

it('keeps proposals that cannot be taken during an undo', async () => {
  const { editor, propagation, at, paint } = await propagated()
  at.value = 8
  await paint(4)
  const { promise, resolve } = Promise.withResolvers<undefined>()
  service.gate = promise
  editor.undo()
  await flushPromises()
  expect(propagation.accept([1, 2], 'propagate')).toBe(false)
  expect([...propagation.proposed.value.keys()]).toEqual(PROPOSED)
  resolve(undefined)
  await flushPromises()
  expect(propagation.accept([1, 2], 'propagate')).toBe(true)
  expect([...propagation.proposed.value.keys()]).toEqual([3])
  await flushPromises()
  expect([...service.frames.keys()].sort()).toEqual([0, 1, 2])
})

it('keeps the other proposals when some are taken, another frame is drawn on, or the clip approved', async () => {
  const { editor, propagation, at, paint } = await propagated()
  propagation.accept([1], 'propagate')
  at.value = 8
  await paint(4)
  await editor.decide({ state: 'approved' })
  await flushPromises()
  expect(editor.view.value?.kept?.state).toBe('approved')
  expect([...propagation.proposed.value.keys()]).toEqual([2, 3])
})

it('discards proposals when the mask that was carried is edited', async () => {
  const { propagation, at, paint, scope } = await propagated()
  at.value = 8
  scope.scope = 'clip'
  await paint(4)
  expect(propagation.proposed.value.size).toBe(0)
  expect(propagation.state.source).toBeNull()
})

it('discards proposals when the edit that was carried is undone', async () => {
  const { editor, propagation } = await propagated()
  editor.undo()
  await flushPromises()
  expect(propagation.proposed.value.size).toBe(0)
})

it('asks for features of the newest run that can give them, and of another when it is chosen', async () => {
  const run = { step: 5, totalSteps: 9, trashedAt: null, config: { ...defaultConfig() } }
  const flow = { ...defaultConfig(), modality: 'flow', merge: 'none' }
  const runs = [
    { ...run, id: 1, name: 'first' },
    { ...run, id: 2, name: 'imported', step: 0, totalSteps: 0 },
    { ...run, id: 3, name: 'without a checkpoint', step: 0 },
    { ...run, id: 4, name: 'of flow', config: flow },
    { ...run, id: 5, name: 'in the trash', trashedAt: '2026-01-01' },
  ]
  fakeHost({ 'runs.list': () => runs })
  const choice = setUp(() => useCarriedBy())
  expect(choice.by.value).toEqual({ kind: 'flow' })
  choice.settings.kind = 'features'
  expect(choice.by.value).toBeNull()
  await flushPromises()
  expect(choice.options.value.map(({ value }) => value)).toEqual([2, 1])
  expect(choice.by.value).toEqual({ kind: 'features', runId: 2, protocol: 'dino' })
  choice.settings.runId = 1
  choice.settings.protocol = 'crw'
  expect(choice.by.value).toEqual({ kind: 'features', runId: 1, protocol: 'crw' })
})
