import type { EvaluationEvent } from '#shared/contract/evaluations.ts'
import type { Progress, Run, RunEvent } from '#shared/contract/runs.ts'

export interface FeedState {
  run: Run | null
  progress: Progress | null
  warnings: readonly string[]
  /** Grows whenever points have come; the curves are asked for, not kept. */
  measured: number
  /** Step of the newest strip of clips that the stream has told of. */
  strip: number | null
  /** Step of the newest pictures of the method that the stream has told of. */
  pictures: number | null
  /** Grows whenever points may have been missed. */
  restarts: number
}

export const emptyFeed: FeedState = {
  run: null,
  progress: null,
  warnings: [],
  measured: 0,
  strip: null,
  pictures: null,
  restarts: 0,
}

/** What an event changes. */
export function reduceFeed(state: FeedState, event: RunEvent | EvaluationEvent): FeedState {
  if (event.type === 'run') return { ...state, run: event.run }
  if (event.type === 'progress') return { ...state, progress: event.progress }
  if (event.type === 'strip') return { ...state, strip: event.step }
  if (event.type === 'pictures') return { ...state, pictures: event.step }
  if (event.type === 'metrics') return { ...state, measured: state.measured + 1 }
  if (event.type !== 'warning' || state.warnings.includes(event.message)) return state
  return { ...state, warnings: [...state.warnings, event.message].slice(-50) }
}
