import { LRUCache } from 'lru-cache'
import type { FramePlan } from './frame-plan.ts'

/**
 * Plans of the videos used last, so that a video that comes again is not read through for its plan.
 * Without a plan are the videos whose packets prove nothing; that is kept as well.
 */
export type PlanCache = LRUCache<string, { plan: FramePlan | null }>

/** @param limit bytes of all plans together */
export function planCache(limit: number): PlanCache {
  return new LRUCache({ maxSize: limit, sizeCalculation: ({ plan }) => costOf(plan) })
}

/** Bytes, roughly: of frames, of keyframes, of the path and what holds them. */
function costOf(plan: FramePlan | null): number {
  return 500 + (plan ? 14 * plan.length + 150 * plan.keyframes.length : 0)
}
