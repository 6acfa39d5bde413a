import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { INTERVAL_LAWS } from '#shared/views/interval.ts'
import { drawView, drawViews, isMerged } from '#main/trainer/loader/draw-view.ts'
import before from '../../../fixtures/views/drawn-before-laws.json' with { type: 'json' }

const SMALL = { frames: 4, stride: 2, size: 24, merge: 'query' }
const config = completeConfig(SMALL)
const video = { length: 40, width: 64, height: 48 }

it('draws a view from its seed alone, inside the video and its frames', () => {
  for (let seed = 0; seed < 200; seed++) {
    const view = drawView(config, 0, seed, video)
    expect(drawView(config, 0, seed, video)).toEqual(view)
    const [start] = view.indices
    expect(view.indices).toEqual([start, start + 2, start + 4, start + 6])
    expect(start + 6).toBeLessThan(video.length)
    const { top, left, width, height } = view.box
    expect(Math.min(top, left)).toBeGreaterThanOrEqual(0)
    expect(left + width).toBeLessThanOrEqual(video.width)
    expect(top + height).toBeLessThanOrEqual(video.height)
  }
})

it('draws the same place for every view of a seed, and another for another seed', () => {
  const [a, b] = [0, 1].map((view) => drawView(config, view, 7, video))
  expect({ ...b, background: { kind: 'inter' } }).toEqual(a)
  expect(drawView(config, 0, 8, video)).not.toEqual(a)
})

it('plays a video over again that is shorter than a clip', () => {
  expect(drawView(config, 0, 3, { ...video, length: 3 }).indices.every((i) => i < 3)).toBe(true)
})

it.each([
  ['none', [false, false, false]],
  ['query', [true, false, false]],
  ['both', [true, true, true]],
] as const)('merges the views that %s names', (merge, merged) => {
  expect([0, 1, 2].map((view) => isMerged(completeConfig({ merge }), view))).toEqual(merged)
})

it('merges no flow, and draws none of its own', () => {
  const own = completeConfig({ ...SMALL, method: 'coclr', merge: 'both', interval: 'far' })
  expect([0, 1, 2, 3].map((view) => isMerged(own, view))).toEqual([true, true, false, false])
  const drawn = drawViews(own, [1, 2, 3, 4], video)
  expect(drawn.map(({ modality }) => modality)).toEqual(['rgb', 'rgb', 'flow', 'flow'])
  expect(drawn.slice(2).map(({ indices }) => indices)).toEqual([drawn[0].indices, drawn[1].indices])
  expect(drawn[2]).toMatchObject({ background: null, mix: null, box: drawn[0].box })
  // The law is that of two clips: flow adds none.
  const two = completeConfig({ ...SMALL, interval: 'far' })
  expect(drawn.slice(0, 2).map(({ indices }) => indices)).toEqual(
    drawViews(two, [1, 2], video).map(({ indices }) => indices),
  )
})

it('draws by default what was drawn before intervals, strengths and mixed frames were settings', () => {
  for (const { values, drawn } of before.runs) {
    const views = drawn.map(({ view, seed }) =>
      drawView(completeConfig(values), view, seed, before.video),
    )
    views.forEach(({ indices, isRedrawn, box, flip, look, ...rest }, i) => {
      const { grayscale, jitter, blurSigma } = look
      const facts = { indices, isRedrawn, box, flip, look: { grayscale, jitter, blurSigma } }
      expect({ ...facts, isMerged: rest.background !== null }).toEqual(drawn[i].spec)
      expect(rest).toMatchObject({ perFrame: null, mix: null })
      expect(look).toMatchObject({ isJitterFirst: false, isSolarised: false })
    })
  }
})

describe('the clips of a video', () => {
  const seeds = [11, 12]

  it('are drawn each by itself by default', () => {
    expect(drawViews(config, seeds, video)).toEqual(
      seeds.map((seed, view) => drawView(config, view, seed, video)),
    )
  })

  it.each(INTERVAL_LAWS)(
    'have the same crops, flips and colours with the interval %s',
    (interval) => {
      const other = drawViews(completeConfig({ ...SMALL, interval }), seeds, video)
      const plain = drawViews(config, seeds, video)
      expect(other.map(({ indices, ...rest }) => ({ ...rest, frames: indices.length }))).toEqual(
        plain.map(({ indices, ...rest }) => ({ ...rest, frames: indices.length })),
      )
    },
  )

  it('are near or far as the interval says', () => {
    const intervals = (interval: string): number[] => {
      const config = completeConfig({ ...SMALL, interval })
      return Array.from({ length: 300 }, (_, i) => {
        const [a, b] = drawViews(config, [i, 1000 + i], video)
        return Math.abs(a.indices[0] - b.indices[0])
      })
    }
    // 40 frames have 34 starts of a clip of 7.
    expect(Math.max(...intervals('near'))).toBeLessThanOrEqual(34 / 4)
    expect(Math.min(...intervals('far'))).toBeGreaterThanOrEqual(Math.floor((3 * 34) / 4))
    const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length
    expect(mean(intervals('increasing'))).toBeGreaterThan(mean(intervals('uniform')) + 2)
    expect(mean(intervals('uniform'))).toBeGreaterThan(mean(intervals('decreasing')) + 2)
  })

  it('start anywhere in a video that is shorter than a clip', () => {
    const short = { ...video, length: 3 }
    const starts = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const views = drawViews(completeConfig({ ...SMALL, interval: 'far' }), [seed, 1], short)
      expect(views.every(({ indices }) => indices.every((index) => index < 3))).toBe(true)
      starts.add(views.map(({ indices }) => indices[0]).join())
    }
    expect(starts.size).toBe(9)
  })

  it('leave out rejected windows and keep the interval where there is room for it', () => {
    const far = completeConfig({ ...SMALL, interval: 'far' })
    const rejected = {
      start: 0,
      frames: 4,
      stride: 2,
      state: 'rejected',
      changedAt: '2026-01-01',
    } as const
    const windows = [rejected]
    let [redrawn, kept] = [0, 0]
    for (let seed = 0; seed < 200; seed++) {
      const views = drawViews(far, [seed, 1], { ...video, windows })
      const starts = views.map(({ indices }) => indices[0])
      // Starts below 4 overlap the window by half of it or more.
      expect(Math.min(...starts)).toBeGreaterThanOrEqual(4)
      if (Math.max(...starts) - Math.min(...starts) >= 25) kept++
      if (views.some(({ isRedrawn }) => isRedrawn)) redrawn++
    }
    expect(redrawn).toBeGreaterThan(100)
    expect(kept).toBeGreaterThan(190)
    const all = [{ ...rejected, frames: 40, stride: 1 }]
    expect(() => drawViews(far, [1, 2], { ...video, windows: all })).toThrow(
      'All of its clips are rejected.',
    )
  })
})

describe('a view', () => {
  it('of the first clip alone has a frame mixed in, up to the part asked for', () => {
    const mixing = completeConfig({ ...SMALL, frameMix: 0.3 })
    const drawn = Array.from({ length: 500 }, (_, seed) => drawViews(mixing, [seed, 1], video))
    expect(drawn.every(([, other]) => other.mix === null)).toBe(true)
    const mixes = drawn.map(([first]) => first.mix!)
    const lambdas = mixes.map(({ lambda }) => lambda)
    expect(Math.min(...lambdas)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...lambdas)).toBeLessThan(0.3)
    expect(lambdas.reduce((a, b) => a + b) / 500).toBeCloseTo(0.15, 1)
    expect(new Set(mixes.map(({ frame }) => frame))).toEqual(new Set([0, 1, 2, 3]))
  })

  it('has the colours of its place where they are asymmetric', () => {
    const values = { ...SMALL, asymmetric: true, blur: 1, blurOthers: 0.1, solariseOthers: 0.2 }
    const drawn = Array.from({ length: 2000 }, (_, seed) =>
      drawViews(completeConfig(values), [seed, 5000 + seed], video),
    )
    const share = (test: (pair: (typeof drawn)[number]) => boolean): number =>
      drawn.filter(test).length / drawn.length
    expect(share(([first]) => first.look.blurSigma !== null)).toBe(1)
    expect(share(([first]) => first.look.isSolarised)).toBe(0)
    expect(share(([, other]) => other.look.blurSigma !== null)).toBeCloseTo(0.1, 1)
    expect(share(([, other]) => other.look.isSolarised)).toBeCloseTo(0.2, 1)
  })

  it('jitters as far as the strengths say', () => {
    const values = { jitter: 1, jitterBrightness: 0.8, jitterContrast: 0.6, jitterSaturation: 0 }
    const config = completeConfig({ ...SMALL, ...values, jitterHue: 0.2 })
    const jitters = Array.from({ length: 1000 }, (_, seed) => {
      return drawView(config, 0, seed, video).look.jitter!
    })
    const range = (name: 'brightness' | 'contrast' | 'saturation' | 'hue'): number[] => {
      const all = jitters.map((jitter) => jitter[name])
      return [Math.min(...all), Math.max(...all)]
    }
    const near = (name: Parameters<typeof range>[0], low: number, high: number): void => {
      const [least, most] = range(name)
      expect(least).toBeCloseTo(low, 1)
      expect(most).toBeCloseTo(high, 1)
      expect(least >= low && most <= high).toBe(true)
    }
    near('brightness', 0.2, 1.8)
    near('contrast', 0.4, 1.6)
    near('saturation', 1, 1)
    near('hue', -0.2, 0.2)
  })

  it('has crops of the area and ratio asked for', () => {
    const values = { cropScaleMin: 0.3, cropScaleMax: 0.5, cropAspectMin: 0.5 }
    const config = completeConfig({ ...SMALL, ...values })
    const frame = { length: 40, width: 400, height: 400 }
    const boxes = Array.from({ length: 500 }, (_, seed) => drawView(config, 0, seed, frame).box)
    const areas = boxes.map(({ width, height }) => (width * height) / 400 ** 2)
    const ratios = boxes.map(({ width, height }) => width / height)
    expect(Math.min(...areas)).toBeGreaterThan(0.295)
    expect(Math.max(...areas)).toBeLessThan(0.505)
    expect(Math.min(...ratios)).toBeLessThan(0.6)
    expect(Math.max(...ratios)).toBeGreaterThan(1.7)
    expect(Math.min(...ratios)).toBeGreaterThan(0.49)
    expect(Math.max(...ratios)).toBeLessThan(2.05)
  })

  it('has a crop, flip and colours for each frame where it is not consistent', () => {
    const view = drawView(
      completeConfig({ ...SMALL, merge: 'none', consistent: false }),
      0,
      5,
      video,
    )
    expect(view.perFrame).toHaveLength(4)
    expect(new Set(view.perFrame!.map((frame) => JSON.stringify(frame))).size).toBe(4)
    expect(view.indices).toEqual(drawView(config, 0, 5, video).indices)
  })

  it.each([
    ['inter', { kind: 'inter' }],
    ['none', { kind: 'none' }],
    [
      'static',
      {
        kind: 'static',
        frame: expect.toSatisfy((frame: number) => frame >= 0 && frame < 4) as number,
      },
    ],
  ])('has the background %s', (background, expected) => {
    const drawn = drawView(completeConfig({ ...SMALL, background }), 0, 5, video)
    expect(drawn.background).toEqual(expected)
    expect(drawView(completeConfig({ ...SMALL, background }), 1, 5, video).background).toBeNull()
  })

  it('has another clip of its video behind it with intra', () => {
    const config = completeConfig({ ...SMALL, background: 'intra' })
    const drawn = Array.from({ length: 100 }, (_, seed) => drawView(config, 0, seed, video))
    const others = drawn.filter(({ indices, background }) => {
      return background?.kind === 'intra' && background.indices[0] !== indices[0]
    })
    expect(drawn.every(({ background }) => background?.kind === 'intra')).toBe(true)
    // One of 34 starts is its own.
    expect(others.length).toBeGreaterThan(85)
  })
})

describe('the clips of parts', () => {
  const parts = [
    { method: 'simclr', merge: 'none', stride: 3, jitter: 1 },
    { method: 'moco', merge: 'query', interval: 'far', queue: 64 },
  ]
  const own = completeConfig({ ...SMALL, method: 'combined', parts })
  const alone = parts.map((part) => completeConfig({ ...SMALL, ...part }))

  it('are drawn with the settings of each part, as that method alone draws them', () => {
    const drawn = drawViews(own, [1, 2, 3, 4], video)
    expect(drawn.slice(0, 2)).toEqual(drawViews(alone[0], [1, 2], video))
    expect(drawn.slice(2)).toEqual(drawViews(alone[1], [3, 4], video))
    expect(drawn.map(({ background }) => background !== null)).toEqual([false, false, true, false])
    const [first] = drawn
    expect(first.indices[1] - first.indices[0]).toBe(3)
  })

  it('are merged where their part is', () => {
    expect([0, 1, 2, 3].map((view) => isMerged(own, view))).toEqual([false, false, true, false])
  })

  it('leave the clips of an evaluation as its own settings say', () => {
    const plain = [{ name: '0', label: '', meaning: '' }]
    const evaluated = { ...own, merge: 'none', stride: 2 } as const
    const [drawn] = drawViews(evaluated, [5], video, plain)
    expect(drawn).toEqual(drawViews({ ...config, merge: 'none' }, [5], video, plain)[0])
  })
})
