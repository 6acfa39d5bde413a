import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS, pictureRowsOf } from '#shared/methods/index.ts'
import { pictureClips } from '../../../../../src-renderer/src/features/runs/lib/picture-cells.ts'

const method = METHODS.find((name) => pictureRowsOf(completeConfig({ method: name })).length > 1)!
const config = completeConfig({ method })
const [row] = pictureRowsOf(config)

it('names the pictures of each clip as the method does, by their rows in the raster', () => {
  const pictures = {
    step: 3,
    side: 8,
    frames: 4,
    rows: [
      { name: row.name, frames: 4 },
      { name: 'of-an-older-version', frames: 1 },
    ],
    clips: [{ video: 'a/b.avi' }, { video: null }],
  }
  const clips = pictureClips(pictures, config)
  expect(clips.map(({ title }) => title)).toEqual(['a/b.avi', 'Sample 2'])
  expect(clips.map(({ cells }) => cells.map(({ at }) => at))).toEqual([
    [0, 1],
    [2, 3],
  ])
  expect(clips[0].cells[0]).toMatchObject({ label: row.label, meaning: row.meaning, frames: 4 })
  expect(clips[1].cells[1]).toMatchObject({ label: 'of-an-older-version', meaning: '', frames: 1 })
})
