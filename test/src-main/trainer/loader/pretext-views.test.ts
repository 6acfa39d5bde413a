import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { ClipVariant, ViewRole } from '#shared/methods/method.ts'
import { shownFrames, type ViewSpec } from '#shared/views/view-spec.ts'
import { drawViews } from '#main/trainer/loader/draw-view.ts'

const SMALL = { frames: 4, stride: 2, size: 24, merge: 'none' }
const config = completeConfig(SMALL)
const video = { length: 40, width: 64, height: 48 }

const role = (more: Partial<ViewRole>): ViewRole => ({ name: 'x', label: '', meaning: '', ...more })
const drawAs = (roles: ViewRole[], seed: number, length = 40, own = config): ViewSpec[] =>
  drawViews(
    own,
    roles.map((_, view) => 100 * seed + view),
    { ...video, length },
    roles,
  )
const seeds = Array.from({ length: 300 }, (_, seed) => seed)
const strideOf = ({ indices }: ViewSpec): number => indices[1] - indices[0]

describe('variants of a clip', () => {
  const paces: ClipVariant[] = [{ speed: 1 }, { speed: 2 }, { speed: 4 }]

  it('leave crop, flip and colours as they are', () => {
    for (const seed of seeds) {
      const [plain] = drawAs([role({})], seed)
      const [asked] = drawAs([role({ variants: [{ turn: 1 }, { isReversed: true }] })], seed)
      const { order, turn, answer, ...rest } = asked
      expect({ ...rest, order: null, turn: 0, answer: null }).toEqual(plain)
      expect([turn, order]).toEqual(answer === 0 ? [1, null] : [0, [3, 2, 1, 0]])
    }
  })

  it('of speed take every n-th frame, inside a video that is long enough', () => {
    const drawn = seeds.map((seed) => drawAs([role({ variants: paces })], seed)[0])
    for (const view of drawn) {
      expect(strideOf(view)).toBe([2, 4, 8][view.answer!])
      expect(view.indices).toEqual(view.indices.toSorted((a, b) => a - b))
      expect(view.indices.at(-1)).toBeLessThan(40)
    }
    // 40 frames have 34 starts at stride 2 and 16 at stride 8: all are drawn.
    const starts = (answer: number): number =>
      new Set(drawn.filter((view) => view.answer === answer).map(({ indices }) => indices[0])).size
    expect(starts(0)).toBeGreaterThan(25)
    expect(starts(2)).toBe(16)
  })

  it('go around a video that is too short for them, and only there', () => {
    const drawn = seeds.map((seed) => drawAs([role({ variants: paces })], seed, 20)[0])
    for (const { indices, answer, stride } of drawn) {
      expect(indices).toEqual(indices.map((_, t) => (indices[0] + t * stride) % 20))
      expect(indices.at(-1)! > indices[0] || answer === 2).toBe(true)
    }
  })

  it('show reversed clips from the last frame to the first', () => {
    const [view] = drawAs([role({ variants: [{ speed: 2, isReversed: true }] })], 3)
    expect(shownFrames(view)).toEqual(view.indices.toReversed())
  })
})

describe('forms of the very same clip', () => {
  it('differ in their turn alone', () => {
    const roles = [0, 1, 2, 3].map((turn) =>
      role({ variants: [{ turn, answer: turn }], ...(turn > 0 && { sameClipAs: 0 }) }),
    )
    const [first, ...others] = drawAs(roles, 5)
    others.forEach((view, i) => expect(view).toEqual({ ...first, turn: i + 1, answer: i + 1 }))
  })

  it('start alike where they differ in speed, at a frame from which the fastest one fits', () => {
    const roles = [
      role({ variants: [{ speed: [1, 1.2], answer: 0 }] }),
      role({ variants: [{ speed: [3, 4], answer: 1 }], sameClipAs: 0 }),
    ]
    for (const seed of seeds) {
      const [slow, fast] = drawAs(roles, seed)
      expect(slow.indices[0]).toBe(fast.indices[0])
      expect(fast.indices.at(-1)).toBeLessThan(40)
      expect(fast.indices).toEqual(
        [0, 1, 2, 3].map((t) => fast.indices[0] + Math.floor(t * fast.stride)),
      )
      expect(fast.stride).toBeGreaterThanOrEqual(6)
      expect(slow.stride).toBeLessThanOrEqual(2.4)
      expect({ ...fast, indices: slow.indices, stride: slow.stride, answer: 0 }).toEqual(slow)
    }
  })

  it('have the frames halfway between where they are asked for', () => {
    const roles = [
      role({ variants: [{ speed: 0.5 }, { speed: 1 }, { speed: 4 }] }),
      role({ sameClipAs: 0, isBetween: true }),
    ]
    for (const seed of seeds) {
      const [clip, between] = drawAs(roles, seed)
      const offset = [0, 1, 4][clip.answer!]
      expect(between).toEqual({
        ...clip,
        indices: clip.indices.map((index) => (index + offset) % 40),
        answer: null,
      })
    }
  })

  it('begin as far apart as the interval says, each at its own speed', () => {
    const own = completeConfig({ ...SMALL, interval: 'far' })
    const roles = [role({ variants: [{ speed: 1 }] }), role({ variants: [{ speed: 2 }] })]
    for (const seed of seeds) {
      const [a, b] = drawAs(roles, seed, 100, own)
      expect(Math.abs(a.indices[0] - b.indices[0])).toBeGreaterThan(60)
      expect([a, b].map(strideOf)).toEqual([2, 4])
    }
  })
})

describe('clips that follow each other', () => {
  const orders = [
    [0, 1, 2],
    [2, 0, 1],
  ]
  const roles = (gap: number, more: Partial<ViewRole> = {}): ViewRole[] => [
    role(more),
    role({ follows: { view: 0, gap } }),
    role({ follows: { view: 1, gap } }),
  ]
  const startsOf = (views: ViewSpec[]): number[] => views.map(({ indices }) => indices[0])

  it('have the gap between them, anywhere in the video', () => {
    const firsts = new Set<number>()
    for (const seed of seeds) {
      const [a, b, c] = startsOf(drawAs(roles(3), seed))
      // A clip takes 7 frames.
      expect([b - a, c - b]).toEqual([10, 10])
      firsts.add(a)
    }
    expect([...firsts].sort((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, i) => i))
  })

  it('are shown in one of the orders, whose number is the answer of all', () => {
    const answers = seeds.map((seed) => {
      const views = drawAs(roles(3, { orders }), seed)
      const places = startsOf(views).map((start) => (start - Math.min(...startsOf(views))) / 10)
      const [{ answer }] = views
      expect(views.map((view) => view.answer)).toEqual([answer, answer, answer])
      expect(places).toEqual(orders[answer!])
      return answer!
    })
    const share = answers.filter(Boolean).length / answers.length
    expect(Math.abs(share - 0.5)).toBeLessThan(0.1)
  })

  it('have smaller gaps in a video that is too short, and none in one that is shorter still', () => {
    expect(startsOf(drawAs(roles(8), 1, 25))).toEqual([0, 9, 18])
    expect(startsOf(drawAs(roles(8), 1, 21))).toEqual([0, 7, 14])
    expect(() => drawAs(roles(8), 1, 20)).toThrow(
      'The video has 20 frames, but 3 clips of 4 frames at stride 2 that follow each other need 21.',
    )
  })

  it('leave out rejected windows', () => {
    const at = { frames: 4, stride: 2, state: 'rejected', changedAt: '2026-01-01' } as const
    const reject = (starts: number[]) => starts.map((start) => ({ ...at, start }))
    const draw = (seed: number, starts: number[]): ViewSpec[] =>
      drawViews(config, [seed, 1, 2], { ...video, windows: reject(starts) }, roles(3))
    let redrawn = 0
    for (const seed of seeds) {
      const views = draw(seed, [0])
      expect(Math.min(...startsOf(views))).toBeGreaterThanOrEqual(4)
      redrawn += Number(views[0].isRedrawn)
    }
    expect(redrawn).toBeGreaterThan(50)
    expect(() => draw(1, [14, 17, 20])).toThrow('All of its sequences of clips are rejected.')
  })
})

describe('colours of each frame by itself', () => {
  const byFrame = completeConfig({ ...SMALL, coloursByFrame: true })

  it('leave one crop and flip to the clip', () => {
    const [plain] = drawAs([role({})], 4)
    const [view] = drawAs([role({})], 4, 40, byFrame)
    expect({ ...view, perFrame: null }).toEqual(plain)
    for (const { box, flip } of view.perFrame!) {
      expect({ box, flip }).toEqual({ box: view.box, flip: view.flip })
    }
    expect(new Set(view.perFrame!.map(({ look }) => JSON.stringify(look))).size).toBeGreaterThan(1)
  })

  it('go together with merging, unlike crops of each frame', () => {
    expect(() => completeConfig({ coloursByFrame: true, merge: 'both' })).not.toThrow()
  })
})
