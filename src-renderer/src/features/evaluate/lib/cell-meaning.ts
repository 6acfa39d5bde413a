import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Mark } from '#shared/report/best-marks.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import { formatCount } from '../../../lib/format.ts'

const meanings: Record<Mark | 'none', string> = {
  best: 'Better than every other row (McNemar’s test on the same videos, p < 0.05). ',
  tie: 'Not significantly different from the best value (McNemar’s test on the same videos). ',
  none: '',
}

/**
 * What a value in a table of results means: its mark, and how it was measured.
 * @param count split lists behind the value
 */
export function cellMeaning(evaluation: Evaluation, count: number, mark: Mark | undefined): string {
  const many = count > 1 ? `Mean ± deviation of ${count} split lists. ` : ''
  const videos = formatCount(evaluation.result?.testVideos ?? 0)
  return `${meanings[mark ?? 'none']}${many}${protocolSentence(evaluation)} · ${videos} test videos`
}
