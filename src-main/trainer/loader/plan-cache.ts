import type { FramePlan } from '../../video/frame-plan.ts'

/**
 * Plans of the videos read last, so that a video that comes again is not read through for its plan.
 * Null is kept, too: of these videos packets prove nothing.
 */
export class PlanCache {
  private readonly plans = new Map<string, FramePlan | null>()
  private readonly limit: number
  private bytes = 0

  /** @param limit bytes of all plans together */
  constructor(limit: number) {
    this.limit = limit
  }

  /** Undefined where it is not kept. */
  get(path: string): FramePlan | null | undefined {
    const plan = this.plans.get(path)
    if (plan !== undefined) {
      this.plans.delete(path)
      this.plans.set(path, plan)
    }
    return plan
  }

  set(path: string, plan: FramePlan | null): void {
    this.drop(path)
    this.plans.set(path, plan)
    this.bytes += costOf(plan)
    for (const oldest of this.plans.keys()) {
      if (this.bytes <= this.limit) return
      this.drop(oldest)
    }
  }

  private drop(path: string): void {
    const plan = this.plans.get(path)
    if (plan === undefined) return
    this.plans.delete(path)
    this.bytes -= costOf(plan)
  }
}

/** Bytes, roughly: of frames, of keyframes, of the path and what holds them. */
function costOf(plan: FramePlan | null): number {
  return 500 + (plan ? 14 * plan.length + 150 * plan.keyframes.length : 0)
}
