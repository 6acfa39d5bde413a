import type { MaskUse } from '#shared/contract/runs.ts'
import type { FromTrainer } from '../process/messages.ts'

/** Time between two reports, in ms: the host writes each of them to disk. */
const INTERVAL = 5000

/** No mask of any kind. */
export function noMasks(): MaskUse {
  return { fame: 0, corrected: 0, approved: 0, redrawn: 0 }
}

/** Adds to counts, in place. */
export function addMasks(sum: MaskUse, more: MaskUse): void {
  sum.fame += more.fame
  sum.corrected += more.corrected
  sum.approved += more.approved
  sum.redrawn += more.redrawn
}

/** Counts which masks the steps of a run have used, and tells the host every few seconds. */
export class MaskTally {
  /** Since the run's first step; a checkpoint keeps it, so that it stays exact over a resume. */
  readonly total = noMasks()
  private readonly send: (message: FromTrainer) => void
  private sentAt = performance.now()

  constructor(send: (message: FromTrainer) => void) {
    this.send = send
  }

  /** Takes the masks of one step in. */
  add(use: MaskUse): void {
    addMasks(this.total, use)
    if (performance.now() - this.sentAt >= INTERVAL) this.report()
  }

  report(): void {
    this.sentAt = performance.now()
    this.send({ type: 'masks', use: { ...this.total } })
  }
}
