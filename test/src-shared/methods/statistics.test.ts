import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { methodNamed, viewsOf } from '#shared/methods/index.ts'
import { byName } from '#shared/methods/method.ts'
import { familiesOf } from '#shared/methods/statistics/answers.ts'

const method = methodNamed('statistics')
const configOf = (values = {}) => byName(completeConfig({ method: 'statistics', ...values }))

it('takes flow only where statistics of motion are asked for', () => {
  const kinds = (statistics: string) =>
    viewsOf(configOf({ statistics })).map(({ modality = 'rgb' }) => modality)
  expect(kinds('both')).toEqual(['rgb', 'flow'])
  expect(kinds('motion')).toEqual(['rgb', 'flow'])
  expect(kinds('appearance')).toEqual(['rgb'])
})

it('leaves colours alone unless it is told otherwise', () => {
  expect(configOf()).toMatchObject({ jitter: 0, grayscale: 0, blur: 0 })
  expect(configOf({ jitter: 0.5 })).toMatchObject({ jitter: 0.5 })
})

it.each([
  [{ modality: 'flow', merge: 'none' }, /^modality is flow/],
  [{ coloursByFrame: true }, /coloursByFrame/],
  [{ flowFlip: 'keep' }, /^flowFlip is keep/],
] as const)('refuses %o', (values, fault) => {
  expect(() => configOf(values)).toThrow()
  expect(method.fault(Object.assign(configOf(), values))).toMatch(fault)
})

it('takes flow that a flip keeps where nothing is mirrored, or no flow is taken', () => {
  expect(() => configOf({ flowFlip: 'keep', flip: 0 })).not.toThrow()
  expect(() => configOf({ flowFlip: 'keep', statistics: 'appearance' })).not.toThrow()
})

it('weighs appearance beside motion alone', () => {
  const weights = (statistics: string) =>
    familiesOf({ statistics, appearanceWeight: 0.1, frames: 8 }).map(({ weight }) => weight)
  expect([weights('both'), weights('motion'), weights('appearance')]).toEqual([[1, 0.1], [1], [1]])
})

it('compares losses with what needs no look at the clip', () => {
  const most = (values: object) =>
    Object.fromEntries(
      method.health(configOf(values), { videos: 100 }).map(({ metric, max }) => [metric, max]),
    )
  // Per partition and component: blocks (16, 4, 8) and 8 directions; and twice 15 frames.
  const motion = (2 * (255 + 15 + 63 + 3 * 63 + 224)) / 12 / 14
  const appearance = (2 * (255 + 15 + 63 + 3 * 63) + 63) / 12 / 13
  const found = most({ frames: 16 })
  expect(found.motionLoss).toBeCloseTo(motion, 10)
  expect(found.appearanceLoss).toBeCloseTo(appearance, 10)
  expect(found.loss).toBeCloseTo(motion + 0.1 * appearance, 10)
  const logs = (2 * (Math.log(16 * 4 * 8) + 3 * Math.log(8) + Math.log(15))) / 14
  const classes = most({ frames: 16, statistics: 'motion', statisticsAs: 'classes' })
  expect(classes.motionLoss).toBeCloseTo(logs, 10)
  expect(classes).not.toHaveProperty('appearanceLoss')
})
