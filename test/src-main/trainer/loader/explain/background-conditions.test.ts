import { expect, it } from 'vitest'
import { BACKGROUND_CONDITIONS } from '#shared/tasks/background/artefact.ts'
import { Rng } from '#shared/random/rng.ts'
import {
  makeConditions,
  takeOutForeground,
} from '#main/trainer/loader/explain/background-conditions.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'

const SIDE = 10
const PIXELS = SIDE * SIDE
const FRAMES = 4

function noise(seed: number): Float32Array {
  const rng = new Rng(seed)
  return Float32Array.from({ length: FRAMES * PIXELS * 3 }, () => rng.uniform())
}

/** [T, S, S]: a square of 3 x 3 pixels that goes a pixel to the right a frame. */
function movingSquare(): Uint8Array {
  return Uint8Array.from({ length: FRAMES * PIXELS }, (_, i) => {
    const t = Math.floor(i / PIXELS)
    const [y, x] = [Math.floor((i % PIXELS) / SIDE), i % SIDE]
    return Number(y >= 2 && y < 5 && x >= 1 + t && x < 4 + t)
  })
}

/** [1, S, S] */
function fixedSquare(): Uint8Array {
  return movingSquare().slice(0, PIXELS)
}

const colourAt = (data: Float32Array, pixel: number): number[] =>
  Array.from(data.subarray(3 * pixel, 3 * pixel + 3))

/** The mask and the pixels beside, above and below it, the slow way. */
function withRim(mask: Uint8Array): boolean[] {
  return Array.from(mask, (_, i) => {
    const [frame, x] = [i - (i % PIXELS), i % SIDE]
    const inFrame = (j: number): boolean => j >= frame && j < frame + PIXELS
    const beside = [i - SIDE, i + SIDE].filter(inFrame)
    if (x > 0) beside.push(i - 1)
    if (x < SIDE - 1) beside.push(i + 1)
    return [i, ...beside].some((j) => mask[j] === 1)
  })
}

it('fills the foreground and its rim with what is behind in the nearest frame, the earlier of two', () => {
  const data = noise(1)
  const mask = movingSquare()
  const hidden = withRim(mask)
  const filled = takeOutForeground({ data, mask }, SIDE)
  let fromEarlier = 0
  for (let i = 0; i < FRAMES * PIXELS; i++) {
    const [t, pixel] = [Math.floor(i / PIXELS), i % PIXELS]
    const seen = [0, 1, 2, 3].filter((frame) => !hidden[frame * PIXELS + pixel])
    // Sorting keeps the order of equals: the earlier frame stays first.
    const [nearest] = seen.sort((a, b) => Math.abs(a - t) - Math.abs(b - t))
    if (nearest === undefined) continue
    if (nearest < t) fromEarlier++
    expect(colourAt(filled, i)).toEqual(colourAt(data, nearest * PIXELS + pixel))
  }
  expect(fromEarlier).toBeGreaterThan(0)
})

it('fills what is never seen with the mean of the background', () => {
  const data = noise(2)
  const mask = fixedSquare()
  const hidden = withRim(mask)
  const filled = takeOutForeground({ data, mask }, SIDE)
  const behind = [0, 0, 0]
  let count = 0
  for (let i = 0; i < FRAMES * PIXELS; i++) {
    if (hidden[i % PIXELS]) continue
    count++
    colourAt(data, i).forEach((value, c) => (behind[c] += value))
  }
  for (let i = 0; i < FRAMES * PIXELS; i++) {
    const colour = colourAt(filled, i)
    if (!hidden[i % PIXELS]) expect(colour).toEqual(colourAt(data, i))
    else colour.forEach((value, c) => expect(value).toBeCloseTo(behind[c] / count, 5))
  }
})

it('an all-foreground clip leaves the colour that is 0 to the encoder', () => {
  const filled = takeOutForeground({ data: noise(3), mask: new Uint8Array(PIXELS).fill(1) }, SIDE)
  expect(colourAt(filled, 17)).toEqual([...Float32Array.from(kineticsScaling.mean)])
})

it.each([
  ['a mask a frame', movingSquare()],
  ['one mask for all frames', fixedSquare()],
])('every condition has the right pixels, with %s', (_, mask) => {
  const subject = { data: noise(4), mask }
  const donors = {
    sameClass: { data: noise(5), mask: new Uint8Array(PIXELS) },
    swapped: { data: noise(6), mask: fixedSquare() },
  }
  const all = makeConditions({ subject, donors }, SIDE)
  const clip = (name: (typeof BACKGROUND_CONDITIONS)[number]): Float32Array => {
    const from = BACKGROUND_CONDITIONS.indexOf(name) * subject.data.length
    return all.subarray(from, from + subject.data.length)
  }
  const swappedGround = takeOutForeground(donors.swapped, SIDE)
  const ownGround = takeOutForeground(subject, SIDE)
  expect(clip('original')).toEqual(subject.data)
  expect(clip('backgroundOnly')).toEqual(ownGround)
  for (let i = 0; i < FRAMES * PIXELS; i++) {
    const isObject = mask[i % mask.length] === 1
    const own = colourAt(subject.data, i)
    const grey = [...Float32Array.from(kineticsScaling.mean)]
    expect(colourAt(clip('sameClass'), i)).toEqual(
      isObject ? own : colourAt(donors.sameClass.data, i),
    )
    expect(colourAt(clip('swapped'), i)).toEqual(isObject ? own : colourAt(swappedGround, i))
    expect(colourAt(clip('foregroundOnly'), i)).toEqual(isObject ? own : grey)
  }
})
