import { describe, expect, it } from 'vitest'
import { storedConfig } from '#shared/config/old-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS, methodNamed } from '#shared/methods/index.ts'
import { byName, type Values } from '#shared/methods/method.ts'
import { viewSettings } from '#shared/views/settings.ts'

/** Settings of views that every stored run has, and those whose default is another than what runs drew before. */
const FIRST = ['frames', 'stride', 'size', 'cropScaleMin', 'flip', 'grayscale', 'jitter', 'blur']
const MERGE = [
  'merge',
  'variant',
  'beta',
  'useCorrections',
  'adaptiveFallback',
  'cameraBorder',
  'cameraPerspective',
  'motionNoise',
]

/** @param refusable a setting that a method may refuse, which it then names */
function expectToApply(method: string, values: Values, refusable: string): void {
  const others = Object.fromEntries(Object.entries(values).filter(([name]) => name !== refusable))
  const config = byName(completeConfig({ method, ...others }))
  expect(config).toMatchObject(others)
  const fault = methodNamed(method).fault({ ...config, ...values })
  if (fault === null) expect(completeConfig({ method, ...values })).toMatchObject(values)
  else expect(fault).toMatch(new RegExp(`^${refusable} is`))
}

describe('settings of views', () => {
  it.each(METHODS)('complete an older run of %s with what runs drew before', (method) => {
    const stored = storedConfig({ method })
    for (const [name, row] of Object.entries(viewSettings)) {
      if (FIRST.includes(name) || MERGE.includes(name)) continue
      expect([name, stored[name]]).toEqual([name, row.default])
    }
  })

  it.each(METHODS)('apply under %s', (method) => {
    const values = {
      interval: 'decreasing',
      cropScaleMin: 0.3,
      cropAspectMin: 0.5,
      colourOrder: 'jitter-first',
      asymmetric: true,
      background: 'static',
      frameMix: 0.3,
    }
    expectToApply(method, values, 'frameMix')
    expectToApply(method, { consistent: false, merge: 'none' }, 'consistent')
  })

  it('say what does not go together', () => {
    expect(() => completeConfig({ cropScaleMin: 0.8, cropScaleMax: 0.7 })).toThrow(
      'cropScaleMin is 0.8 and cropScaleMax is 0.7: make cropScaleMax the larger one.',
    )
    expect(() => completeConfig({ consistent: false })).toThrow(
      /consistent is false and merge is query: .* Set merge to none, or consistent to true\./,
    )
  })
})
