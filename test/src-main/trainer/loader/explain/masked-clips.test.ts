import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import { computeMask } from '#shared/fame/masker.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { readMaskedClips } from '#main/trainer/loader/explain/masked-clips.ts'
import { readCentreClips } from '#main/trainer/loader/centre-clips.ts'
import { normaliseColours } from '#main/trainer/loader/transforms/colour.ts'
import type { TrainerVideo } from '#main/trainer/process/messages.ts'
import { writeVideo } from '#main/video/writer.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../../tiny-videos.ts'

// Frames of 48 x 36 pixels: the centre is the 36 columns from 6 on, every third pixel of which is
// kept by a clip of 12 x 12.
const config = { ...tinyConfig({ frames: 4, stride: 2, beta: 0.25 }), size: 12 }
const pixels = 12 * 12
const whole = { clips: 2, from: 0, to: 2 }
let set: TinySet
let video: TrainerVideo
let truth: string

beforeAll(async () => {
  set = await writeTinySet(1)
  video = set.videos[0]
  truth = join(set.folder, 'truth.mkv')
  await writeVideo(truth, { width: 48, height: 36, fps: 25, codec: 'ffv1' }, columns())
})
afterAll(() => {
  rmSync(truth, { force: true })
  set.remove()
})

/** Frame t is white from column 6 + t on. */
function* columns(): Generator<Uint8Array> {
  for (let t = 0; t < 20; t++) {
    yield Uint8Array.from({ length: 48 * 36 }, (_, i) => (i % 48 >= 6 + t ? 255 : 0))
  }
}

/** A window with the left half of the frame as its mask. */
const corrected = (start: number): TrainerVideo['windows'] => {
  const runs = Array.from({ length: 36 }, () => [24, 24]).flat()
  const packed = Buffer.from(packRuns([0, ...runs])).toString('base64')
  return [
    {
      start,
      frames: 4,
      stride: 2,
      state: 'corrected',
      changedAt: 1,
      mask: { width: 48, height: 36, runs: packed },
    },
  ]
}

const cut = { clips: 2, crops: 1, testClips: 'fitted', colours: 'encoder' } as const

it('cuts the clips that evaluation cuts', () => {
  const clips = readMaskedClips({ video, truth: null }, whole, config)
  const expected = readCentreClips({ ...video, ...cut, config })
  clips.forEach(({ data }, i) => {
    normaliseColours({ data, frames: 4, height: 12, width: 12 }, kineticsScaling)
    expect(data).toEqual(expected.subarray(i * data.length, (i + 1) * data.length))
  })
  const [second] = readMaskedClips({ video, truth: null }, { ...whole, from: 1 }, config)
  normaliseColours({ data: second.data, frames: 4, height: 12, width: 12 }, kineticsScaling)
  expect(second.data).toEqual(clips[1].data)
})

it('takes the true mask of each frame, before what a person drew', () => {
  const drawn = { ...video, windows: corrected(0) }
  const [first, last] = readMaskedClips({ video: drawn, truth }, whole, config)
  expect([first.source, last.source]).toEqual(['true', 'true'])
  // Clips of frames 0, 2, 4, 6 and 13, 15, 17, 19; column x of the clip is column 7 + 3 x of the frame.
  const seen = (start: number) =>
    Array.from({ length: 4 * pixels }, (_, i) => {
      const t = start + 2 * Math.floor(i / pixels)
      return Number(7 + 3 * (i % 12) >= 6 + t)
    })
  expect([...first.mask]).toEqual(seen(0))
  expect([...last.mask]).toEqual(seen(13))
})

it('takes the mask that a person drew for the clip, else what FAME makes of it', () => {
  const drawn = { ...video, windows: corrected(0) }
  const [first, last] = readMaskedClips({ video: drawn, truth: null }, whole, config)
  expect([first.source, last.source]).toEqual(['corrected', 'fame'])
  const leftHalf = Array.from({ length: pixels }, (_, i) => Number(7 + 3 * (i % 12) < 24))
  expect([...first.mask]).toEqual(leftHalf)
  const clip = { data: last.data, frames: 4, height: 12, width: 12 }
  expect(last.mask).toEqual(computeMask(clip, { beta: 0.25, variant: 'fame' }).mask)
})
