import { expect, it } from 'vitest'
import { defaultConfig } from '#shared/config/pretrain-config.ts'
import { picturedIntervals } from '../../../../../src-renderer/src/features/runs/lib/pictured-intervals.ts'

const values = { ...defaultConfig(), interval: 'far', intervalPower: 2 }

it('draws intervals below the number of starts that clips of the form have', () => {
  const pictured = picturedIntervals(values)!
  // 250 frames and clips of 16 frames at stride 2.
  expect(pictured).toMatchObject({ law: 'far', power: 2, M: 220 })
  expect(pictured.drawn).toHaveLength(2000)
  expect(Math.min(...pictured.drawn)).toBeGreaterThanOrEqual(165)
  expect(Math.max(...pictured.drawn)).toBeLessThan(220)
  expect(picturedIntervals(values)).toEqual(pictured)
})

it('pictures nothing while a setting is no number, or a clip longer than the video', () => {
  expect(picturedIntervals({ ...values, intervalPower: null })).toBeNull()
  expect(picturedIntervals({ ...values, frames: '1e' })).toBeNull()
  expect(picturedIntervals({ ...values, stride: 32 })).toBeNull()
})
