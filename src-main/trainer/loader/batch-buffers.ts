import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { clipLength, isMerged, type BatchBuffers, type View } from './batch-task.ts'

/** Shared memory for one batch. @param views that are made; the others take no room */
export function allocateBatch(
  config: PretrainConfig,
  views: readonly View[] = [0, 1],
): BatchBuffers {
  const clips = (): SharedArrayBuffer =>
    new SharedArrayBuffer(config.batch * clipLength(config) * Float32Array.BYTES_PER_ELEMENT)
  const masks = (): SharedArrayBuffer => new SharedArrayBuffer(config.batch * config.size ** 2)
  const ifMerged = <T>(view: View, make: () => T): T | null =>
    views.includes(view) && isMerged(config, view) ? make() : null
  const ifMade = (view: View): SharedArrayBuffer =>
    views.includes(view) ? clips() : new SharedArrayBuffer(0)
  return {
    out: [ifMade(0), ifMade(1)],
    raw: [ifMerged(0, clips), ifMerged(1, clips)],
    masks: [ifMerged(0, masks), ifMerged(1, masks)],
    barrier: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  }
}

/** Counts this chunk as cut and waits until all are. */
export async function waitForAllChunks(barrier: SharedArrayBuffer, chunks: number): Promise<void> {
  const counter = new Int32Array(barrier)
  Atomics.add(counter, 0, 1)
  Atomics.notify(counter, 0)
  for (let cut = Atomics.load(counter, 0); cut < chunks; cut = Atomics.load(counter, 0)) {
    await Atomics.waitAsync(counter, 0, cut).value
  }
}
