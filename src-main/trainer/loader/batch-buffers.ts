import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { clipLength, type BatchBuffers } from './batch-task.ts'
import { masksOf } from './clip-masks.ts'
import { isMerged } from './draw-view.ts'

/** Shared memory for one batch. @param views clips of each video */
export function allocateBatch(config: PretrainConfig, views: number): BatchBuffers {
  const clips = (): SharedArrayBuffer =>
    new SharedArrayBuffer(config.batch * clipLength(config) * Float32Array.BYTES_PER_ELEMENT)
  const masks = (): SharedArrayBuffer =>
    new SharedArrayBuffer(config.batch * masksOf(config) * config.size ** 2)
  const eachView = <T>(make: (view: number) => T): T[] =>
    Array.from({ length: views }, (_, view) => make(view))
  return {
    out: eachView(clips),
    raw: eachView((view) => (isMerged(config, view) ? clips() : null)),
    masks: eachView((view) => (isMerged(config, view) ? masks() : null)),
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
