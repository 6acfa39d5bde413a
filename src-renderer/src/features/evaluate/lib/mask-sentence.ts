import type { MaskSources } from '#shared/tasks/artefact.ts'
import { formatCount, formatNumber } from '../../../lib/format.ts'

/** Whose foreground it is, in a sentence. */
export function maskSentence(
  masks: MaskSources,
  { variant, beta }: { variant: string; beta: number },
): string {
  const parts = [
    [masks.true, 'true masks'],
    [masks.corrected, 'corrected masks'],
    [masks.approved, 'approved masks'],
    [masks.fame, `FAME’s own masks (${variant}, β ${formatNumber(beta)} unless set otherwise)`],
  ] as const
  const used = parts.filter(([count]) => count > 0)
  const [only] = used
  if (!only) return ''
  if (used.length === 1) return `The foreground comes from ${only[1]}.`
  const counted = used.map(
    ([count, name]) => `${name} for ${formatCount(count)} ${count === 1 ? 'clip' : 'clips'}`,
  )
  return `The foreground comes from ${counted.join(', ')}.`
}
