import type { EngineFacts, Outcome } from './report.ts'

/** What the process of the self-test is to run. */
export interface SelftestJob {
  ids: readonly string[]
}

/** What it sends back. A check that has started and has no outcome when the process ends, ended it. */
export type FromSelftest =
  | { type: 'started'; id: string }
  | { type: 'engine'; engine: EngineFacts }
  | { type: 'outcome'; outcome: Outcome }
