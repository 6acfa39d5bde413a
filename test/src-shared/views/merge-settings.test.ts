import { expect, it } from 'vitest'
import { isIdle } from '#shared/views/merge-settings.ts'

const plain = { variant: 'fame', adaptiveBeta: false, compensateMotion: false } as const

it.each([
  ['adaptiveFallback', { adaptiveBeta: true }],
  ['cameraBorder', { compensateMotion: true }],
  ['cameraBorder', { variant: 'motion' }],
  ['cameraPerspective', { compensateMotion: true }],
  ['cameraPerspective', { variant: 'motion' }],
  ['motionNoise', { variant: 'motion' }],
] as const)('%s is idle until another setting gives it something to do', (name, other) => {
  expect(isIdle(name, plain)).toBe(true)
  expect(isIdle(name, { ...plain, ...other })).toBe(false)
})

it('a fallback of adaptive β concerns the mask fame only', () => {
  expect(isIdle('adaptiveFallback', { ...plain, adaptiveBeta: true, variant: 'seed' })).toBe(true)
})

it('other settings of merging are never idle', () => {
  expect(isIdle('beta', plain)).toBe(false)
})
