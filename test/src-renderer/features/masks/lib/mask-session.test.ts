import { describe, expect, it } from 'vitest'
import { fillRectangle } from '#shared/masks/edits/polygon.ts'
import {
  MaskSession,
  type FameMask,
} from '../../../../../src-renderer/src/features/masks/lib/mask-session.ts'
import { MaskWriter } from '../../../../../src-renderer/src/features/masks/lib/mask-writer.ts'
import { editOnce } from '../../../../../src-renderer/src/features/masks/lib/tools/editing.ts'
import { FakeMaskService, LostError, ORIGIN, SIZE, WINDOW } from './fake-mask-service.ts'

/** FAME's mask: the left three columns. */
function fameMask(): FameMask {
  const data = new Uint8Array(SIZE.width * SIZE.height).map((_, i) => (i % SIZE.width < 3 ? 1 : 0))
  return { ...SIZE, data, origin: ORIGIN }
}

async function setUp() {
  const service = new FakeMaskService()
  const writer = new MaskWriter({
    service,
    isLost: (error) => error instanceof LostError,
    onChange: () => undefined,
  })
  let fame: FameMask | null = fameMask()
  const open = async () =>
    new MaskSession({
      window: WINDOW,
      open: await service.window(),
      writer,
      view: { fame: () => fame, onChange: () => undefined },
    })
  const session = await open()
  return { service, writer, session, open, setFame: (next: FameMask | null) => (fame = next) }
}

/** Paints the rectangle from (x0, y0) to (x1, y1). */
function paint(session: MaskSession, label: string, [x0, y0, x1, y1]: number[], value: 0 | 1 = 1) {
  editOnce(session, label, (mask) =>
    fillRectangle(mask, { x: x0!, y: y0! }, { x: x1!, y: y1! }, value),
  )
}

const saved = (writer: MaskWriter) => expect.poll(() => writer.unsaved).toBe(0)
const pictureOf = (mask: Uint8Array | null) => mask && [...mask].join('')

describe('MaskSession', () => {
  it('starts a correction from the mask that FAME gives at that moment', async () => {
    const { service, writer, session } = await setUp()
    expect(session.sheet).toBeNull()
    paint(session, 'brush', [6, 1, 8, 3])
    await saved(writer)
    const expected = fameMask().data
    for (const i of [18, 19, 30, 31]) expected[i] = 1
    expect(pictureOf(service.mask)).toBe(pictureOf(expected))
    expect(pictureOf(session.pixels())).toBe(pictureOf(expected))
    expect(session.kept?.state).toBe('corrected')
  })

  it('sends strokes in order, one at a time, however fast they are made', async () => {
    const { service, writer, session } = await setUp()
    const { promise, resolve: open } = Promise.withResolvers<undefined>()
    service.gate = promise
    paint(session, 'first', [5, 0, 6, 8])
    paint(session, 'second', [7, 0, 8, 8])
    paint(session, 'third', [5, 0, 8, 2], 0)
    await Promise.resolve()
    expect(service.log).toEqual(['edit first'])
    expect(writer.unsaved).toBe(3)
    open(undefined)
    await saved(writer)
    expect(service.log).toEqual(['edit first', 'edit second', 'edit third'])
    expect(pictureOf(service.mask)).toBe(pictureOf(session.pixels()))
  })

  it('undoes and redoes stroke by stroke, and names what comes next', async () => {
    const { writer, session } = await setUp()
    paint(session, 'brush', [5, 0, 6, 8])
    const once = pictureOf(session.pixels())
    paint(session, 'lasso', [7, 0, 8, 8])
    const twice = pictureOf(session.pixels())
    expect(session.history.undo).toBe('lasso')
    await session.step('undo')
    expect(pictureOf(session.pixels())).toBe(once)
    expect(session.history).toMatchObject({ undo: 'brush', redo: 'lasso' })
    await session.step('redo')
    expect(pictureOf(session.pixels())).toBe(twice)
    await Promise.all([session.step('undo'), session.step('undo')])
    expect(session.sheet).toBeNull()
    expect(session.history).toMatchObject({ undo: null, redo: 'brush' })
    await saved(writer)
  })

  it('makes no edit while it waits for an undo, whose outcome it does not know', async () => {
    const { session, writer } = await setUp()
    paint(session, 'brush', [5, 0, 6, 8])
    const undone = session.step('undo')
    expect(session.begin()).toBe(false)
    await undone
    expect(session.begin()).toBe(true)
    session.abandon()
    await saved(writer)
  })

  it('keeps a stroke that the host refused, and sends it again when asked to', async () => {
    const { service, writer, session } = await setUp()
    service.fates = ['refuse']
    paint(session, 'brush', [5, 0, 6, 8])
    await expect.poll(() => writer.failure).toBeInstanceOf(Error)
    paint(session, 'brush', [7, 0, 8, 8])
    expect(writer.unsaved).toBe(2)
    expect(service.mask).toBeNull()
    writer.retry()
    await saved(writer)
    expect(pictureOf(service.mask)).toBe(pictureOf(session.pixels()))
  })

  it.each(['lose before', 'lose after'] as const)(
    'sends a stroke once when its answer is lost (%s it was made)',
    async (fate) => {
      const { service, writer, session } = await setUp()
      service.fates = [fate]
      paint(session, 'brush', [5, 0, 6, 8])
      paint(session, 'brush', [5, 4, 9, 6])
      await saved(writer)
      expect(writer.failure).toBeNull()
      expect(service.revision).toBe(2)
      expect(pictureOf(service.mask)).toBe(pictureOf(session.pixels()))
    },
  )

  it('does not take another editor’s stroke for its own when an answer is lost', async () => {
    const { service, writer, session, open } = await setUp()
    paint(session, 'brush', [5, 0, 6, 8])
    await saved(writer)
    const other = await open()
    paint(other, 'brush', [9, 0, 10, 8])
    await saved(writer)
    service.fates = ['lose before']
    paint(session, 'brush', [7, 0, 8, 8])
    await expect.poll(() => writer.failure).toBeInstanceOf(Error)
    expect(String(writer.failure)).toContain('changed elsewhere')
    expect(writer.giveUp()).toBe(session)
    expect(writer.unsaved).toBe(0)
    expect(writer.failure).toBeNull()
  })

  it('undoes once when the answer is lost after it was done', async () => {
    const { service, writer, session } = await setUp()
    paint(session, 'brush', [5, 0, 6, 8])
    paint(session, 'lasso', [7, 0, 8, 8])
    await saved(writer)
    service.fates = ['lose after']
    await session.step('undo')
    expect(session.history).toMatchObject({ undo: 'brush', redo: 'lasso' })
    expect(pictureOf(service.mask)).toBe(pictureOf(session.pixels()))
  })

  it('goes back to FAME’s mask as beta cuts it now, as one edit that can be undone', async () => {
    const { service, writer, session, setFame } = await setUp()
    paint(session, 'brush', [5, 0, 6, 8])
    const corrected = pictureOf(session.pixels())
    const wider = fameMask()
    wider.data.fill(1, 0, SIZE.width)
    setFame(wider)
    session.reset()
    await saved(writer)
    expect(pictureOf(service.mask)).toBe(pictureOf(wider.data))
    await session.step('undo')
    expect(pictureOf(session.pixels())).toBe(corrected)
  })

  it('leaves nothing of an edit that changed nothing or was given up', async () => {
    const { service, session } = await setUp()
    paint(session, 'eraser', [5, 0, 8, 8], 0)
    expect(session.sheet).toBeNull()
    session.begin()
    session.paint((mask) => fillRectangle(mask, { x: 0, y: 0 }, { x: 9, y: 9 }, 1))
    session.abandon()
    expect(session.sheet).toBeNull()
    expect(service.log).toEqual([])
  })

  it('gives a stroke up when an undo comes in the middle of it', async () => {
    const { service, writer, session } = await setUp()
    paint(session, 'brush', [5, 0, 6, 8])
    const first = pictureOf(session.pixels())
    paint(session, 'lasso', [7, 0, 8, 8])
    session.begin()
    const undone = session.step('undo')
    session.paint((mask) => fillRectangle(mask, { x: 0, y: 0 }, { x: 9, y: 9 }, 1))
    session.commit('brush')
    await undone
    await saved(writer)
    expect(pictureOf(session.pixels())).toBe(first)
    expect(pictureOf(service.mask)).toBe(first)
  })

  it('stays usable when an edit fails in the middle', async () => {
    const { session, writer } = await setUp()
    const fail = () => {
      throw new Error('no room')
    }
    expect(() => editOnce(session, 'copy', fail)).toThrow('no room')
    expect(session.sheet).toBeNull()
    expect(session.begin()).toBe(true)
    session.abandon()
    await saved(writer)
  })

  it('cannot start without FAME’s mask', async () => {
    const { session, setFame } = await setUp()
    setFame(null)
    expect(session.begin()).toBe(false)
  })

  it('shows a window again as it was left', async () => {
    const { writer, session, open } = await setUp()
    paint(session, 'brush', [5, 0, 6, 8])
    await saved(writer)
    await session.decide({ state: 'approved' }, ORIGIN)
    const again = await open()
    expect(pictureOf(again.pixels())).toBe(pictureOf(session.pixels()))
    expect(again.kept?.state).toBe('approved')
    expect(again.history.undo).toBe('brush')
  })
})
