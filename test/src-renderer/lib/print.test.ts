import { describe, expect, it } from 'vitest'
import {
  baseName,
  formatAgo,
  formatBytes,
  formatDuration,
  formatNumber,
  formatRate,
  formatTimecode,
} from '../../../src-renderer/src/lib/format.ts'

describe('printed numbers', () => {
  it('keeps three digits and avoids exponents where it can', () => {
    expect([0, 4.3567, 0.0123, 0.0001, 65_536, -2.5].map(formatNumber)).toEqual([
      '0',
      '4.36',
      '0.0123',
      '1.0e-4',
      '65,536',
      '-2.5',
    ])
  })

  it('prints times in the units that a person would say', () => {
    expect([4.4, 200, 7500, 270_000].map(formatDuration)).toEqual([
      '4 s',
      '3 min 20 s',
      '2 h 05 min',
      '3 d 3 h',
    ])
    expect(formatTimecode(62.5)).toBe('1:02.50')
  })

  it('turns slow rates round', () => {
    expect(formatRate(8.2, 'step')).toBe('8.2 steps/s')
    expect(formatRate(0.1, 'steps')).toBe('10 s/step')
    expect(formatRate(0, 'step')).toBe('')
  })

  it('prints sizes, names and ages', () => {
    expect([0, 999, 61_234, 4.7e9].map(formatBytes)).toEqual(['0 B', '999 B', '61.2 kB', '4.70 GB'])
    expect([baseName('a/b/c.avi'), baseName('C:\\x\\y.avi'), baseName('z')]).toEqual([
      'c.avi',
      'y.avi',
      'z',
    ])
    const now = Date.parse('2026-03-01T12:00:00Z')
    expect(formatAgo('2026-03-01T11:59:50Z', now)).toBe('just now')
    expect(formatAgo('2026-03-01T11:30:00Z', now)).toBe('30 min ago')
    expect(formatAgo('2026-03-01T02:00:00Z', now)).toBe('10 h ago')
  })
})
