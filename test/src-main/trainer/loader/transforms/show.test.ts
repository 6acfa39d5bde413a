import { describe, expect, it } from 'vitest'
import { showClip, turnFrame } from '#main/trainer/loader/transforms/show.ts'
import golden from '../../../../fixtures/objectives/pretext.json' with { type: 'json' }

/** A picture with the same value in all three channels. */
function grey(rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(rows.flat().flatMap((value) => [value, value, value]))
}

const SIZE = 4
const FRAME = 3 * SIZE * SIZE
const clip = Float32Array.from({ length: 3 * FRAME }, (_, i) => Math.sin(i) / 2 + 0.5)
const frame = (of: Float32Array, t: number): Float32Array => of.slice(t * FRAME, (t + 1) * FRAME)

it.each([0, 1, 2, 3])('%i quarter turns are those of NumPy, anticlockwise', (turn) => {
  const [picture] = golden.turned
  const to = new Float32Array(18)
  turnFrame({ data: grey(picture), height: 2, width: 3 }, to, turn)
  expect(to).toEqual(grey(golden.turned[turn]))
})

describe('a clip', () => {
  it('stays as it is without an order or a turn', () => {
    const data = clip.slice()
    showClip(data, { order: null, turn: 0 }, { frames: 3 })
    expect(data).toEqual(clip)
  })

  it('shows its frames in the order asked for, each turned', () => {
    const data = clip.slice()
    showClip(data, { order: [2, 0, 1], turn: 3 }, { frames: 3 })
    for (const [t, from] of [2, 0, 1].entries()) {
      const expected = new Float32Array(FRAME)
      turnFrame({ data: frame(clip, from), height: SIZE, width: SIZE }, expected, 3)
      expect(frame(data, t)).toEqual(expected)
    }
  })

  it('of flow turns the motions with the picture, and is itself again after four turns', () => {
    const right = Float32Array.from({ length: FRAME }, (_, i) => [0.75, 0.5, 0.5][i % 3])
    showClip(right, { order: null, turn: 1 }, { frames: 1, isFlow: true })
    // v counts downwards: what moved to the right moves up.
    expect([...right.subarray(0, 3)]).toEqual([0.5, 0.25, 0.5])
    const data = clip.slice()
    for (const turn of [1, 2, 1]) {
      showClip(data, { order: null, turn }, { frames: 3, isFlow: true })
    }
    data.forEach((value, i) => expect(value).toBeCloseTo(clip[i], 6))
  })
})
