import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coco } from '#main/masks/formats/coco.ts'
import { npz } from '#main/masks/formats/npz.ts'
import { png } from '#main/masks/formats/png.ts'
import type { MaskRecord } from '#main/masks/formats/record.ts'
import { youtubeVis } from '#main/masks/formats/youtube-vis.ts'
import { decision, passThrough, record, records, recordsOf } from './records.ts'

describe.each([
  ['PNG', png],
  ['COCO', coco],
  ['NumPy', npz],
])('%s', (_, format) => {
  test('brings everything of any windows back', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (written) => {
        const { rows, carried } = await passThrough(format, written)
        expect(recordsOf(rows)).toEqual(written)
        expect(carried.every(Boolean)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  test('brings decisions without a mask back', async () => {
    const written = [record(), decision({ start: 9 }), decision({ start: 10, notes: '' })]
    const { rows } = await passThrough(format, written)
    expect(inOrder(recordsOf(rows))).toEqual(written)
  })

  test('writes no windows as well as many', async () => {
    expect(await passThrough(format, [])).toEqual({ carried: [], rows: [] })
  })
})

describe('YouTube-VIS', () => {
  test("brings everything but FAME's mask back", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (written) => {
        // All windows of one video have its size.
        const { width, height, mask } = written[0]
        const same = written.map((one) => ({ ...one, width, height, mask }))
        const { rows } = await passThrough(youtubeVis, same)
        expect(recordsOf(rows)).toEqual(same.map((one) => ({ ...one, fame: null })))
      }),
      { numRuns: 25 },
    )
  })

  test('says that it cannot carry decisions without a mask', async () => {
    const { rows, carried } = await passThrough(youtubeVis, [decision(), record()])
    expect(carried).toEqual([false, true])
    expect(recordsOf(rows)).toEqual([record({ fame: null })])
  })

  test('brings windows of videos back that are shorter than the window', async () => {
    const short = record({ length: 5, start: 3, frames: 4, stride: 2, fame: null })
    const { rows } = await passThrough(youtubeVis, [short])
    expect(recordsOf(rows)).toEqual([short])
  })
})

function inOrder(all: MaskRecord[]): MaskRecord[] {
  return [...all].sort((a, b) => a.start - b.start)
}
