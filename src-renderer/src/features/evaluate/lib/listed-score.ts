import { protocols, type Protocol } from '#shared/config/protocols.ts'
import { scoreLabel } from '#shared/report/scores.ts'
import { formatPercent } from '../../../lib/format.ts'
import { scoreNames } from '../../../lib/scores.ts'

export interface ListedScore {
  text: string
  /** What it is, in full. */
  title: string
  /** It says how good the encoder is. */
  isMain: boolean
}

/** The figure of a protocol that explains, with the few words that fit into a list. */
const explained: Record<string, { before: string; title: string }> = {
  gap: { before: 'gap', title: 'Background gap: accuracy lost to backgrounds of another class' },
  inside: { before: 'in fg.', title: 'Share of the activation that lies in the foreground' },
  change: { before: 'change', title: 'Share of the temporal kernels that is change over time' },
  purity: { before: 'same class', title: 'Nearest neighbours that are of the same class' },
}

/** The one figure that a list of evaluations shows, with its name; null where there is none. */
export function listedScore(
  protocol: Protocol,
  scores: Record<string, number> | undefined,
): ListedScore | null {
  if (!scores) return null
  if (protocols[protocol].kind === 'measure') {
    const [name] = scoreNames(scores)
    if (name === undefined) return null
    const label = scoreLabel(name)
    return { text: `${label} ${formatPercent(scores[name] ?? 0)}`, title: label, isMain: true }
  }
  const name = Object.keys(explained).find((known) => known in scores)
  const words = name === undefined ? undefined : explained[name]
  if (name === undefined || !words) return null
  const value = scores[name] ?? 0
  // A difference of two shares is in points.
  const print = name === 'gap' ? `${(100 * value).toFixed(1)} points` : formatPercent(value)
  return { text: `${words.before} ${print}`, title: words.title, isMain: false }
}
