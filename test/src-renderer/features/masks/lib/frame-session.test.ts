import { describe, expect, it } from 'vitest'
import type { EditScope } from '#shared/masks/frame-edits.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import { countForeground, encodeRuns } from '#shared/masks/runs.ts'
import { fillRectangle } from '#shared/masks/edits/polygon.ts'
import {
  MaskSession,
  type FameMask,
} from '../../../../../src-renderer/src/features/masks/lib/mask-session.ts'
import { MaskWriter } from '../../../../../src-renderer/src/features/masks/lib/mask-writer.ts'
import { openFrames } from '../../../../../src-renderer/src/features/masks/lib/open-frames.ts'
import {
  acceptable,
  conflictsOf,
} from '../../../../../src-renderer/src/features/masks/lib/proposals.ts'
import { stripCells } from '../../../../../src-renderer/src/features/masks/lib/strip-cells.ts'
import { editOnce } from '../../../../../src-renderer/src/features/masks/lib/tools/editing.ts'
import { FakeMaskService, LostError, ORIGIN, SIZE, WINDOW } from './fake-mask-service.ts'

const PIXELS = SIZE.width * SIZE.height

/** A session on FAME's mask of the left three columns. */
async function setUp(scope: EditScope = 'frame') {
  const service = new FakeMaskService()
  const writer = new MaskWriter({
    service,
    isLost: (error) => error instanceof LostError,
    onChange: () => undefined,
  })
  const data = new Uint8Array(PIXELS).map((_, i) => (i % SIZE.width < 3 ? 1 : 0))
  const reach = { scope }
  const view = {
    fame: (): FameMask => ({ ...SIZE, data, origin: ORIGIN }),
    onChange: () => undefined,
    scope: () => reach.scope,
  }
  const session = new MaskSession({
    window: WINDOW,
    open: await service.window(),
    writer,
    view,
  })
  session.showFrame(5)
  return { service, writer, session, reach, view }
}

const saved = (writer: MaskWriter) => expect.poll(() => writer.unsaved).toBe(0)
/** Paints two pixels at the right, or erases the first column. */
const paint = (session: MaskSession) =>
  editOnce(session, 'paint', (mask) => fillRectangle(mask, { x: 9, y: 2 }, { x: 11, y: 3 }, 1))
const erase = (session: MaskSession) =>
  editOnce(session, 'erase', (mask) => fillRectangle(mask, { x: 0, y: 0 }, { x: 1, y: 8 }, 0))
const shown = (session: MaskSession) => session.sheet!.data.reduce((sum, value) => sum + value, 0)
const areas = (session: MaskSession) =>
  Object.fromEntries(
    [...session.frames].map(([at, { mask }]) => [at, countForeground(unpackRuns(mask))]),
  )
const ALL = 24

describe('a mask whose variant finds one for each frame', () => {
  it('keeps those at the first edit, and gets them again when it is reset', async () => {
    const { session, service, writer, view } = await setUp()
    const fame = view.fame()
    const automatic = new Map([
      [4, { source: 'automatic' as const, mask: packRuns([0, 8, PIXELS - 8]) }],
      [5, { source: 'automatic' as const, mask: packRuns([0, 16, PIXELS - 16]) }],
    ])
    view.fame = () => ({ ...fame, byFrame: automatic })
    paint(session)
    expect(areas(session)).toEqual({ 4: 8, 5: 16 + 2 })
    expect([...session.frames.values()].map(({ source }) => source)).toEqual(['automatic', 'hand'])
    await saved(writer)
    expect(service.frames).toEqual(session.frames)
    session.reset()
    await saved(writer)
    expect(session.frames).toEqual(automatic)
    expect(service.frames).toEqual(automatic)
  })

  it('has none of its own after an edit that was given up', async () => {
    const { session, view } = await setUp()
    const fame = view.fame()
    const mask = packRuns([0, PIXELS])
    view.fame = () => ({ ...fame, byFrame: new Map([[5, { source: 'automatic' as const, mask }]]) })
    session.begin()
    session.abandon()
    expect(session.sheet).toBeNull()
    expect(session.frames.size).toBe(0)
  })
})

describe('keeping frames', () => {
  it('takes what they are shown with as if it had been drawn, in one step', async () => {
    const { session, service, writer } = await setUp()
    paint(session)
    session.accept(new Map([[6, packRuns([0, PIXELS])]]), 'propagate')
    session.keep([6, 7], 'keep frames 6–7')
    expect(session.frames.get(6)).toMatchObject({ source: 'hand' })
    expect(areas(session)).toEqual({ 5: ALL + 2, 6: PIXELS, 7: ALL })
    await saved(writer)
    expect(service.frames).toEqual(session.frames)
    await session.step('undo')
    expect(session.frames.get(6)?.source).toBe('propagated')
    expect(areas(session)).toEqual({ 5: ALL + 2, 6: PIXELS })
  })
})

describe('an edit of one frame', () => {
  it('leaves the clip and its other frames as they are', async () => {
    const { session, service, writer } = await setUp()
    paint(session)
    expect(shown(session)).toBe(ALL + 2)
    expect(session.frames.get(5)?.source).toBe('hand')
    await saved(writer)
    expect(service.mask!.reduce((sum, value) => sum + value, 0)).toBe(ALL)
    expect(service.frames).toEqual(session.frames)
    session.showFrame(6)
    expect(shown(session)).toBe(ALL)
    session.showFrame(5)
    expect(shown(session)).toBe(ALL + 2)
  })

  it('is undone and redone with what the frame was shown with', async () => {
    const { session } = await setUp()
    paint(session)
    await session.step('undo')
    expect(session.sheet).toBeNull()
    await session.step('redo')
    expect(shown(session)).toBe(ALL + 2)
    expect(areas(session)).toEqual({ 5: ALL + 2 })
  })

  it('is one of the clip where the frame in sight lies outside it', async () => {
    const { session } = await setUp()
    session.showFrame(null)
    paint(session)
    expect(session.frames.size).toBe(0)
    expect(shown(session)).toBe(ALL + 2)
  })

  it('belongs to the frame on which it began', async () => {
    const { session } = await setUp()
    session.begin()
    session.paint((mask) => fillRectangle(mask, { x: 9, y: 2 }, { x: 11, y: 3 }, 1))
    session.showFrame(8)
    session.commit('paint')
    expect(areas(session)).toEqual({ 5: ALL + 2 })
    expect(shown(session)).toBe(ALL)
  })
})

describe('what an edit adds and removes', () => {
  it('reaches all frames of the clip, and leaves the rest of their masks', async () => {
    const { session, reach } = await setUp()
    paint(session)
    reach.scope = 'clip'
    session.showFrame(2)
    erase(session)
    expect(areas(session)).toEqual({ 5: ALL + 2 - 8 })
    expect(shown(session)).toBe(ALL - 8)
    expect(session.pixels().reduce((sum, value) => sum + value, 0)).toBe(ALL - 8)
  })

  it('reaches the frames from the one in sight on', async () => {
    const { session, reach } = await setUp()
    session.showFrame(14)
    paint(session)
    reach.scope = 'onward'
    session.showFrame(13)
    erase(session)
    expect(areas(session)).toEqual({ 13: ALL - 8, 14: ALL + 2 - 8, 15: ALL - 8 })
    expect([...session.frames.values()].map(({ source }) => source)).toEqual([
      'hand',
      'hand',
      'propagated',
    ])
  })
})

describe('masks that were proposed', () => {
  const proposal = packRuns(encodeRuns(new Uint8Array(PIXELS).fill(1)))

  it('are taken in one step', async () => {
    const { session, writer } = await setUp()
    paint(session)
    session.accept(new Map([6, 7, 8].map((at) => [at, proposal])), 'propagate')
    expect(areas(session)).toEqual({ 5: ALL + 2, 6: PIXELS, 7: PIXELS, 8: PIXELS })
    await saved(writer)
    await session.step('undo')
    expect(areas(session)).toEqual({ 5: ALL + 2 })
  })

  it('are refused during an undo and during a stroke, and taken afterwards', async () => {
    const { session } = await setUp()
    paint(session)
    erase(session)
    const undone = session.step('undo')
    expect(session.accept(new Map([[6, proposal]]), 'propagate')).toBe(false)
    await undone
    session.begin()
    expect(session.accept(new Map([[6, proposal]]), 'propagate')).toBe(false)
    session.abandon()
    expect(session.frames.has(6)).toBe(false)
    expect(session.accept(new Map([[6, proposal]]), 'propagate')).toBe(true)
    expect(areas(session)).toEqual({ 5: ALL + 2, 6: PIXELS })
  })

  it('can be dropped again', async () => {
    const { session } = await setUp()
    paint(session)
    session.accept(new Map([[6, proposal]]), 'propagate')
    session.drop([6, 9], 'drop')
    expect(areas(session)).toEqual({ 5: ALL + 2 })
  })

  it('go where the clip starts from FAME’s mask again', async () => {
    const { session, service, writer } = await setUp()
    paint(session)
    session.reset()
    await saved(writer)
    expect(service.frames.size).toBe(0)
  })

  it('are accepted but where a mask was drawn by hand, and conflicts are told', () => {
    const of = (frame: number, overlap: number | null, agreement = 1) =>
      [frame, { frame, mask: proposal, agreement, overlap }] as const
    const proposed = new Map([of(2, null), of(3, 0.4), of(4, 0.97), of(5, null, 0.5)])
    expect(conflictsOf(proposed)).toEqual([3])
    expect(acceptable(proposed, [0, Infinity])).toEqual([2, 5])
    expect(acceptable(proposed, [3, 5])).toEqual([5])
    const frames = new Map([3, 4].map((at) => [at, { source: 'hand' as const, mask: proposal }]))
    const open = { window: { ...WINDOW, frames: 7 }, masks: { clip: proposal, frames } }
    expect(stripCells(open, proposed, [3]).map(({ kind }) => kind)).toEqual([
      'none',
      'none',
      'proposed',
      'conflict',
      'hand',
      'doubtful',
      'none',
    ])
  })
})

it('an edit whose answer was lost is found again by all that it changed', async () => {
  const { session, service, writer } = await setUp()
  service.fates = ['lose after']
  paint(session)
  await saved(writer)
  expect(writer.failure).toBeNull()
  expect(service.log).toEqual(['edit paint'])
})

it('damaged masks by frame count as none, and why is said', () => {
  const { frames, fault } = openFrames(Uint8Array.of(9, 9), { frames: 16, pixels: PIXELS })
  expect(frames.size).toBe(0)
  expect(fault).toContain('damaged')
})
