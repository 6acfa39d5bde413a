import type { SlotTask } from './batch-task.ts'

/**
 * Places that follow each other and take clips of the same video, which can be cut from one decoding of
 * it. A place that only lends backgrounds is by itself.
 */
export function placesByVideo<Slot extends Pick<SlotTask, 'video' | 'lends'>>(
  slots: readonly Slot[],
): Slot[][] {
  const groups: Slot[][] = []
  for (const slot of slots) {
    const last = groups.at(-1)
    if (last && !slot.lends && !last[0].lends && last[0].video === slot.video) last.push(slot)
    else groups.push([slot])
  }
  return groups
}
