import { expect, it } from 'vitest'
import {
  describeCorrections,
  maskShares,
} from '../../../../../src-renderer/src/features/runs/lib/run-masks.ts'

it('tells the share of each kind of mask', () => {
  expect(maskShares({ fame: 60, corrected: 30, approved: 10, redrawn: 4 })).toMatchObject([
    { kind: 'fame', count: 60, share: 0.6 },
    { kind: 'corrected', count: 30, share: 0.3 },
    { kind: 'approved', count: 10, share: 0.1 },
  ])
  expect(maskShares({ fame: 0, corrected: 0, approved: 0, redrawn: 4 })).toEqual([])
})

it('says what a run took from Masks, and nothing where that was nothing', () => {
  const none = { corrected: 0, approved: 0, rejected: 0, betas: 0, leftOut: 0 }
  expect(describeCorrections(none)).toBeNull()
  expect(describeCorrections({ ...none, corrected: 1, rejected: 1200, betas: 2 })).toBe(
    '1 corrected mask · 1,200 rejected clips · a fixed β for 2 videos',
  )
  expect(describeCorrections({ ...none, leftOut: 1 })).toBe(
    '1 video left out because all its clips are rejected',
  )
})
