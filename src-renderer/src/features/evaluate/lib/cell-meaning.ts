import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Mark } from '#shared/report/best-marks.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import { formatCount } from '../../../lib/format.ts'
import type { ResultCell } from '../../../lib/result-table.ts'

const meanings: Record<Mark | 'none', string> = {
  best: 'Better than every other row (McNemar’s test on the same videos, p < 0.05). ',
  tie: 'Not significantly different from the best value (McNemar’s test on the same videos). ',
  none: '',
}

/**
 * What a value in a table of results means: its mark, and how it was measured.
 */
export function cellMeaning(
  evaluation: Evaluation,
  { count, draws }: Pick<ResultCell, 'count' | 'draws'>,
  mark: Mark | undefined,
): string {
  const lists = count > 1 ? `Mean ± standard deviation over ${count} split lists. ` : ''
  const drawn = draws ? `± is the deviation of ${draws.count} draws of labels. ` : ''
  const videos = formatCount(evaluation.result?.testVideos ?? 0)
  return `${meanings[mark ?? 'none']}${lists}${drawn}${protocolSentence(evaluation)} · ${videos} test videos`
}
