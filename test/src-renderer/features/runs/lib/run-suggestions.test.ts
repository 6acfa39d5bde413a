import { describe, expect, it } from 'vitest'
import { allSettings, commonSettings, parseAssignment } from '#shared/config/pretrain-config.ts'
import { nextName } from '../../../../../src-renderer/src/features/runs/lib/run-names.ts'
import { sweepValues } from '../../../../../src-renderer/src/features/runs/lib/sweep-values.ts'

describe('the name of a run made from another', () => {
  it('is one that no run has', () => {
    expect(nextName('FAME short', ['other'])).toBe('FAME short')
    expect(nextName('FAME short', ['FAME short'])).toBe('FAME short (2)')
    expect(nextName('FAME short (2)', ['FAME short', 'FAME short (2)'])).toBe('FAME short (3)')
    expect(nextName('FAME (old)', ['FAME (old)'])).toBe('FAME (old) (2)')
  })

  it('is no longer than a name may be', () => {
    const long = 'a'.repeat(200)
    const next = nextName(long, [long])
    expect(next).toHaveLength(200)
    expect(next.endsWith(' (2)')).toBe(true)
  })
})

describe('the values that a sweep suggests', () => {
  it('lie around the current one', () => {
    expect(sweepValues(commonSettings.beta, 0.2)).toBe('0.1, 0.2, 0.3')
    expect(sweepValues(commonSettings.lr, 0.1)).toBe('0.033, 0.1, 0.3')
    expect(sweepValues(commonSettings.batch, 32)).toBe('16, 32, 64')
  })

  it('contain it and are valid, for every setting at its default', () => {
    for (const [name, parameter] of Object.entries(allSettings)) {
      const values = sweepValues(parameter, parameter.default).split(', ')
      expect(values).toContain(String(parameter.default))
      for (const value of values) expect(() => parseAssignment(`${name}=${value}`)).not.toThrow()
    }
  })
})
