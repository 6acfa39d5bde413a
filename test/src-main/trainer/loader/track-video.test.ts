import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findTruth } from '#main/trainer/loader/tracking/object-truth.ts'
import { trackVideo } from '#main/trainer/loader/tracking/track-video.ts'
import { davisSize, writeDavisSet } from '../davis-set.ts'

const red = { label: 1, top: 16, left: 16, side: 32, speed: 4, colour: [190, 60, 60] } as const
let root: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'fame-track-'))
  await writeDavisSet(root, [{ name: 'one', frames: 9, squares: [red] }])
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const path = 'JPEGImages/480p/one'
const task = async (frames: number, listed = 9) => ({
  video: { path: join(root, path), frames: listed, label: -1 },
  truth: (await findTruth(root, path))!,
  ...{ size: 48, stride: 8, frames },
})

it('reads frames and labels at their sizes, and keeps no labels but those that are shown', async () => {
  const { sequence, truth, shown, tracks } = await trackVideo(await task(6), () => undefined)
  expect(sequence).toMatchObject({ frames: 6, height: 48, width: 64, labels: 2 })
  expect(truth).toMatchObject({ frames: 6, ...davisSize })
  expect(shown).toEqual({ height: 48, width: 64, frames: [0, 1, 2, 3, 4, 5] })
  for (const { objects, shown: small } of Object.values(tracks)) {
    expect(objects[0].j).toHaveLength(4)
    expect(small).toHaveLength(6 * 48 * 64)
  }
})

it('refuses what would not fit into memory before it takes any, and says how much that is', async () => {
  const huge = await task(200_000, 200_000)
  await expect(trackVideo(huge, () => undefined)).rejects.toThrow(
    /200000 frames of 128 x 96 pixels take 4\.3 GB.*1\.0 GB are allowed/,
  )
})

it('stops between frames', async () => {
  let left = 4
  const goesOn = () => {
    if (left-- === 0) throw new Error('No more is wanted.')
  }
  await expect(trackVideo(await task(9), goesOn)).rejects.toThrow('No more is wanted.')
})
