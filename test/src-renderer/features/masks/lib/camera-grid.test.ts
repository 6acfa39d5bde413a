import { describe, expect, it } from 'vitest'
import {
  cameraGrid,
  cameraText,
  whyNoMotion,
} from '../../../../../src-renderer/src/features/masks/lib/camera-grid.ts'

const video = { width: 320, height: 240 }
const planes = { width: 160, height: 120 }

describe('the grid of the camera’s motion', () => {
  it('shifts with a pan, in pixels of the video', () => {
    const camera = { ...planes, motions: [[8, 0, 0, -4, 0, 0]] }
    const { rows, factor } = cameraGrid(camera, 0, video)
    expect([rows.length, rows[0]?.length, factor]).toEqual([7, 9, 1])
    for (const { x, y, toX, toY } of rows.flat()) {
      expect([toX - x, toY - y]).toEqual([16, -8])
    }
    expect(rows.at(-1)?.at(-1)).toMatchObject({ x: 320, y: 240 })
  })

  it('leaves its middle where it is when the camera zooms', () => {
    const camera = { ...planes, motions: [[0, 0.1, 0, 0, 0, 0.1]] }
    const { rows } = cameraGrid(camera, 0, video)
    expect(rows[3]?.[4]).toEqual({ x: 160, y: 120, toX: 160, toY: 120 })
    const corner = rows[0]![0]!
    expect([corner.toX, corner.toY].map((value) => Math.round(value))).toEqual([-16, -12])
  })

  it('grows towards one side with the perspective of a camera that turns', () => {
    // At the left border w is 1 - 80 / 400, at the right one 1 + 80 / 400.
    const camera = { ...planes, motions: [[0, 0, 0, 0, 0, 0, 1 / 400, 0]] }
    const row = cameraGrid(camera, 0, video).rows[0]!
    expect([row[0]!.toX, row[0]!.toY].map(Math.round)).toEqual([160 - 200, 120 - 150])
    expect([row[8]!.toX, row[8]!.toY].map(Math.round)).toEqual([160 + 133, 120 - 100])
  })

  it('draws small motions longer, all pairs of a clip alike', () => {
    const camera = {
      ...planes,
      motions: [
        [0.5, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
      ],
    }
    const [first, second] = [0, 1].map((at) => cameraGrid(camera, at, video))
    expect([first?.factor, second?.factor]).toEqual([8, 8])
    expect(first!.rows[0]![0]!.toX).toBe(8)
    expect(second!.rows[0]![0]!.toX).toBe(16)
  })

  it('stays where it is if nothing was compensated', () => {
    const { rows } = cameraGrid({ ...planes, motions: null }, 0, video)
    for (const { x, y, toX, toY } of rows.flat()) expect([toX, toY]).toEqual([x, y])
  })
})

describe('the camera’s motion in words', () => {
  it('has shift, turn and scale', () => {
    const turn = Math.sin(Math.PI / 90)
    const cos = Math.cos(Math.PI / 90) - 1
    const motions = [[1, cos, -turn, -0.01, turn, cos]]
    expect(cameraText({ ...planes, motions }, 0, video)).toBe(
      'Picture shifts 2.0 px right, 0.0 px down, turns 2.0°, scales to 100.0 %',
    )
    const zoom = { ...planes, motions: [[-2, 0.05, 0, 0, 0, 0.05]] }
    expect(cameraText(zoom, 0, video)).toContain('−4.0 px right')
    expect(cameraText(zoom, 0, video)).toContain('scales to 105.0 %')
    expect(cameraText({ ...planes, motions: null }, 0, video)).toBe(
      'Nothing was compensated: no camera motion was accepted',
    )
  })

  it('says why there is none', () => {
    const clip = { compensated: true, indices: [4, 5, 6] }
    expect([0, 1].map((at) => whyNoMotion(clip, at))).toEqual([null, null])
    expect(whyNoMotion(clip, 2)).toContain('Last frame of the clip')
    expect(whyNoMotion(clip, null)).toContain('outside the clip')
    expect(whyNoMotion({ ...clip, compensated: false }, 0)).toContain('Compensation is off')
  })
})
