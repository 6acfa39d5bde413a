import type { MaskUse, RunCorrections } from '#shared/contract/runs.ts'
import { formatCount } from '../../../lib/format.ts'

export interface MaskShare {
  kind: 'fame' | 'corrected' | 'approved'
  label: string
  count: number
  /** Part of all masks that a run has used, 0..1. */
  share: number
}

/** Which masks a run has used, in the order in which they are shown; nothing where it used none. */
export function maskShares(use: MaskUse): MaskShare[] {
  const { fame, corrected, approved } = use
  const total = fame + corrected + approved
  if (total === 0) return []
  return [
    { kind: 'fame', label: 'by FAME', count: fame, share: fame / total },
    { kind: 'corrected', label: 'corrected', count: corrected, share: corrected / total },
    { kind: 'approved', label: 'approved', count: approved, share: approved / total },
  ]
}

/** What a run took from the Masks view, in words; null where that was nothing. */
export function describeCorrections(taken: RunCorrections): string | null {
  const { corrected, approved, rejected, betas, leftOut } = taken
  const parts = [
    corrected > 0 && count(corrected, 'corrected mask'),
    approved > 0 && count(approved, 'approved mask'),
    rejected > 0 && count(rejected, 'rejected clip'),
    betas > 0 && `a fixed β for ${count(betas, 'video')}`,
    leftOut > 0 &&
      `${count(leftOut, 'video')} left out because all ${leftOut === 1 ? 'its' : 'their'} clips are rejected`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? null : parts.join(' · ')
}

function count(number: number, of: string): string {
  return `${formatCount(number)} ${of}${number === 1 ? '' : 's'}`
}
