import { useQueryClient, type QueryClient } from '@tanstack/vue-query'
import {
  onScopeDispose,
  shallowRef,
  toValue,
  watchEffect,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue'
import type { MetricPoint, Run } from '#shared/contract/runs.ts'
import { api, client, connection } from '../api/client.ts'
import { follow } from '../api/follow.ts'
import { untilLive } from '../lib/until-live.ts'
import { emptyFeed, MetricCurves, reduceFeed, type FeedState } from '../lib/run-feed.ts'

/** At most ten updates a second reach the screen. */
const PAINT_EVERY = 100
/** How long a feed outlives its last reader, so that switching views does not fetch it all again. */
const LINGER = 20_000

interface Feed {
  state: ShallowRef<FeedState>
  failure: ShallowRef<unknown>
  readers: number
  controller: AbortController
  release: ReturnType<typeof setTimeout> | undefined
}
const feeds = new Map<number, Feed>()

/**
 * Live state of a run: its row, progress, curves and warnings. Readers of the same run share one
 * stream, which ends some time after the last of them is gone. A run that is resumed is followed
 * again.
 */
export function useRunFeed(id: MaybeRefOrGetter<number | null>) {
  const queries = useQueryClient()
  const state = shallowRef<FeedState>(emptyFeed)
  const failure = shallowRef<unknown>(null)
  let leave = () => {}

  watchEffect((onCleanup) => {
    const runId = toValue(id)
    state.value = emptyFeed
    failure.value = null
    if (runId === null) return
    const feed = enter(runId, queries)
    const stop = watchEffect(() => {
      state.value = feed.state.value
      failure.value = feed.failure.value
    })
    leave = () => {
      stop()
      depart(runId, feed)
    }
    onCleanup(leave)
  })
  onScopeDispose(() => leave())
  return { state, failure }
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
  const metrics = new MetricCurves()
  let pending = emptyFeed
  let timer: ReturnType<typeof setTimeout> | undefined
  let curves = emptyFeed.curves
  let hasNewPoints = false
  const paint = () => {
    timer = undefined
    if (hasNewPoints) curves = metrics.snapshot()
    hasNewPoints = false
    feed.state.value = { ...pending, curves }
  }
  const measure = (points: readonly MetricPoint[]) => {
    metrics.append(points)
    hasNewPoints = true
  }
  const { signal } = feed.controller
  const followToEnd = () =>
    follow({
      connection,
      signal,
      subscribe: () => client.runs.watch({ id }, { signal }),
      onRestart: () => metrics.restart(),
      onEvent: (event) => {
        if (event.type === 'metrics') measure(event.points)
        else pending = reduceFeed(pending, event)
        if (event.type === 'run') patchRunList(queries, event.run)
        timer ??= setTimeout(paint, PAINT_EVERY)
      },
    })
  try {
    while (!signal.aborted) {
      await followToEnd()
      // Whoever resumes it, in this window or elsewhere: the list tells.
      await untilLive({ queries, list: api.runs.list.queryKey(), id, signal })
      metrics.restart()
      pending = { ...emptyFeed, run: pending.run }
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
