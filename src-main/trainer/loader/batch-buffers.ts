import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ViewRole } from '#shared/methods/method.ts'
import { clipLength, type BatchBuffers } from './batch-task.ts'
import { masksOf } from './clip-masks.ts'
import { isMerged } from './draw-view.ts'
import { planOfView } from './view-plan.ts'

/**
 * Shared memory for one batch.
 * @param roles what each clip of a video is
 * @param places own ones, and all, with those that only lend backgrounds
 */
export function allocateBatch(
  config: PretrainConfig,
  roles: readonly ViewRole[],
  places = { own: config.batch, all: config.batch },
): BatchBuffers {
  const clips = (count: number): SharedArrayBuffer =>
    new SharedArrayBuffer(count * clipLength(config) * Float32Array.BYTES_PER_ELEMENT)
  const masks = (view: number): SharedArrayBuffer => {
    const count = masksOf(planOfView(config, view, roles).config)
    return new SharedArrayBuffer(places.own * count * config.size ** 2)
  }
  const eachView = <T>(make: (view: number) => T): T[] => roles.map((_, view) => make(view))
  return {
    out: eachView(() => clips(places.own)),
    raw: eachView((view) => (isMerged(config, view, roles) ? clips(places.all) : null)),
    masks: eachView((view) => (isMerged(config, view, roles) ? masks(view) : null)),
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
