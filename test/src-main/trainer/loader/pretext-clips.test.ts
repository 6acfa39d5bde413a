import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { ClipLoader, type Batch } from '#main/trainer/loader/clip-loader.ts'
import { turnFrame } from '#main/trainer/loader/transforms/show.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

const [FRAMES, SIZE] = [4, 24]
const FRAME = SIZE * SIZE * 3
const CLIP = FRAMES * FRAME

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

/** Clips whose colours stay as they are, unless the values say otherwise. */
function plainConfig(values: Record<string, unknown>): PretrainConfig {
  const plain = { grayscale: 0, jitter: 0, blur: 0, merge: 'none', coloursByFrame: false }
  const ofOthers = { projectionSize: undefined, queue: undefined, keyMomentum: undefined }
  return tinyConfig({ ...ofOthers, ...plain, ...values })
}

/** A batch, copied out of the loader's buffers. */
async function load(
  values: Record<string, unknown>,
  step = 0,
): Promise<Pick<Batch, 'views' | 'drawn' | 'answers'>> {
  const loader = new ClipLoader(set.videos, plainConfig(values), () => undefined)
  try {
    for await (const { views, drawn, answers } of loader.batches(step, step + 1)) {
      return { views: views.map((view) => view.slice()), drawn, answers }
    }
  } finally {
    await loader.close()
  }
  throw new Error('There is no batch.')
}

const frameOf = (view: Float32Array, slot: number, t: number): Float32Array =>
  view.subarray(slot * CLIP + t * FRAME, slot * CLIP + (t + 1) * FRAME)

function turned(frame: Float32Array, turn: number): Float32Array {
  const out = new Float32Array(FRAME)
  turnFrame({ data: frame, height: SIZE, width: SIZE }, out, turn)
  return out
}

describe.each(['none', 'query', 'both'])('all turns of a clip (merge %s)', (merge) => {
  it('are the very same pixels, turned, background and colours included', async () => {
    const values = { method: 'rotation', merge, jitter: 1, flip: 0.5 }
    const { views, answers, drawn } = await load(values)
    expect(views).toHaveLength(4)
    expect(answers.map((row) => [...row])).toEqual(
      [0, 1, 2, 3].map((turn) => new Array(4).fill(turn)),
    )
    for (let slot = 0; slot < 4; slot++) {
      for (let t = 0; t < FRAMES; t++) {
        const upright = frameOf(views[0], slot, t)
        for (const turn of [1, 2, 3]) {
          const got = frameOf(views[turn], slot, t)
          const expected = turned(upright, turn)
          // Colours are changed after the turn; the mean that contrast needs is summed in another order.
          const most = got.reduce(
            (far, value, i) => Math.max(far, Math.abs(value - expected[i])),
            0,
          )
          expect(most).toBeLessThan(1e-4)
        }
      }
      expect(drawn[slot].map(({ background }) => background !== null)).toEqual(
        new Array(4).fill(merge !== 'none'),
      )
    }
  })
})

describe('the answers of a batch', () => {
  it('are those of its clips, and the same from any step on', async () => {
    const values = { method: 'pace', paces: '1 2 -1' }
    const { views, answers, drawn } = await load(values, 2)
    expect(answers).toEqual([Int32Array.from(drawn, ([{ answer }]) => answer!)])
    const loader = new ClipLoader(set.videos, plainConfig(values), () => undefined)
    let step = 0
    for await (const batch of loader.batches(0, 3)) {
      if (step++ < 2) continue
      expect(batch.answers).toEqual(answers)
      expect(batch.views[0]).toEqual(views[0])
    }
    await loader.close()
  })

  it('tell which clips play backwards', async () => {
    const [there, back] = [
      await load({ method: 'pace', paces: '1 2' }),
      await load({ method: 'pace', paces: '-1 -2' }),
    ]
    expect(back.answers).toEqual(there.answers)
    for (let slot = 0; slot < 4; slot++) {
      for (let t = 0; t < FRAMES; t++) {
        expect(frameOf(back.views[0], slot, t)).toEqual(
          frameOf(there.views[0], slot, FRAMES - 1 - t),
        )
      }
    }
  })
})

describe('colours of each frame by itself', () => {
  it('change each frame as was drawn for it, without another crop', async () => {
    const plain = await load({ method: 'pace' })
    const { views, drawn } = await load({ method: 'pace', coloursByFrame: true, grayscale: 0.5 })
    for (let slot = 0; slot < 4; slot++) {
      drawn[slot][0].perFrame!.forEach(({ look }, t) => {
        const [got, own] = [views[0], plain.views[0]].map((view) => frameOf(view, slot, t))
        if (look.grayscale) expect(got).not.toEqual(own)
        else expect(got).toEqual(own)
      })
    }
    const looks = drawn.flatMap(([{ perFrame }]) => perFrame!.map(({ look }) => look.grayscale))
    expect(new Set(looks)).toEqual(new Set([true, false]))
  })
})
