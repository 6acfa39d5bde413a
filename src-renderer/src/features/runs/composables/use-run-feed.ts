import { useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { shallowRef, toValue, watchEffect, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import type { Run } from '#shared/contract/runs.ts'
import { api, client, connection } from '../../../api/client.ts'
import { follow } from '../../../api/follow.ts'
import { untilLive } from '../lib/until-live.ts'
import { CurveTail } from '../lib/curve-tail.ts'
import { emptyFeed, reduceFeed, type FeedState } from '../lib/run-feed.ts'

/** At most ten updates a second reach the screen. */
const PAINT_EVERY = 100
/** How long a feed outlives its last reader, so that switching views does not fetch it all again. */
const LINGER = 20_000

interface Feed {
  state: ShallowRef<FeedState>
  tail: CurveTail
  failure: ShallowRef<unknown>
  readers: number
  controller: AbortController
  release: ReturnType<typeof setTimeout> | undefined
}
const feeds = new Map<number, Feed>()

/**
 * Live state of a run: its row, progress, warnings, and what it measures from now on. Readers of the same run share one
 * stream, which ends some time after the last of them is gone. A run that is resumed is followed
 * again.
 */
export function useRunFeed(id: MaybeRefOrGetter<number | null>) {
  const queries = useQueryClient()
  const state = shallowRef<FeedState>(emptyFeed)
  const failure = shallowRef<unknown>(null)
  /** The same object for as long as the same run is followed; `measured` tells when it grew. */
  const tail = shallowRef(new CurveTail())

  watchEffect((onCleanup) => {
    const runId = toValue(id)
    state.value = emptyFeed
    failure.value = null
    if (runId === null) return
    const feed = enter(runId, queries)
    tail.value = feed.tail
    const stop = watchEffect(() => {
      state.value = feed.state.value
      failure.value = feed.failure.value
    })
    // Once for each entry: the feed counts who reads it.
    onCleanup(() => {
      stop()
      depart(runId, feed)
    })
  })
  return { state, tail, failure }
}

function enter(id: number, queries: QueryClient): Feed {
  const feed = feeds.get(id) ?? openFeed(id, queries)
  clearTimeout(feed.release)
  feed.readers += 1
  return feed
}

function depart(id: number, feed: Feed): void {
  feed.readers -= 1
  if (feed.readers > 0) return
  feed.release = setTimeout(() => {
    feed.controller.abort()
    feeds.delete(id)
  }, LINGER)
}

function openFeed(id: number, queries: QueryClient): Feed {
  const feed: Feed = {
    state: shallowRef(emptyFeed),
    tail: new CurveTail(),
    failure: shallowRef(null),
    readers: 0,
    controller: new AbortController(),
    release: undefined,
  }
  feeds.set(id, feed)
  void read(id, feed, queries)
  return feed
}

async function read(id: number, feed: Feed, queries: QueryClient): Promise<void> {
  let pending = emptyFeed
  let timer: ReturnType<typeof setTimeout> | undefined
  let paintedAt = -Infinity
  const paint = () => {
    timer = undefined
    paintedAt = performance.now()
    feed.state.value = pending
  }
  const missed = () => {
    feed.tail.clear()
    pending = { ...pending, restarts: pending.restarts + 1 }
  }
  const { signal } = feed.controller
  const followToEnd = () =>
    follow({
      connection,
      signal,
      subscribe: () => client.runs.watch({ id }, { signal }),
      // What was measured meanwhile is not sent: curves are asked for again.
      onRestart: missed,
      onEvent: (event) => {
        if (event.type === 'metrics') feed.tail.append(event.points)
        pending = reduceFeed(pending, event)
        if (event.type === 'run') patchRunList(queries, event.run)
        // At once when the last update is long enough ago; what follows in a moment comes along.
        timer ??= setTimeout(paint, Math.max(0, PAINT_EVERY - (performance.now() - paintedAt)))
      },
    })
  try {
    while (!signal.aborted) {
      await followToEnd()
      // Whoever resumes it, in this window or elsewhere: the list tells.
      await untilLive({ queries, list: api.runs.list.queryKey(), id, signal })
      missed()
      pending = { ...pending, progress: null, warnings: [] }
    }
  } catch (error) {
    if (!signal.aborted) feed.failure.value = error
  } finally {
    clearTimeout(timer)
    if (!signal.aborted) paint()
  }
}

function patchRunList(queries: QueryClient, run: Run): void {
  queries.setQueryData(api.runs.list.queryKey(), (list: Run[] | undefined) =>
    list?.map((known) => (known.id === run.id ? run : known)),
  )
}
