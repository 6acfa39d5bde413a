import type { PartialResult, TracePoint } from '../contract/evaluations.ts'

/** How running scores came to what they are. */
export type Trace = readonly TracePoint[]

/** Points that are kept: a line does not show more. */
const MOST = 400

/** The trace with one more point; fewer videos than before mean that the evaluation started again. */
export function addToTrace(trace: Trace, news: PartialResult): Trace {
  const { done, total, scores, intervals } = news
  const before = trace.filter((point) => point.done < done)
  const kept = before.length < MOST ? before : before.filter((_, i) => i % 2 === 1)
  return [...kept, { done, total, scores, intervals }]
}
