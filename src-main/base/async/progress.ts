import { setTimeout as delay } from 'node:timers/promises'
import type { JobEvent } from '#shared/contract/videos.ts'

/** Time between two progress events, in ms. */
const EVERY = 200

/**
 * What `events` gives now, then five times a second, and once more when the work has ended, however it
 * ends.
 */
export async function* progressUntil(
  work: Promise<void>,
  events: () => Iterable<JobEvent>,
): AsyncGenerator<JobEvent, void, undefined> {
  const over = work.then(
    () => true,
    () => true,
  )
  for (let ended = false; ;) {
    yield* events()
    if (ended) return
    ended = await Promise.race([over, delay(EVERY, false)])
  }
}
