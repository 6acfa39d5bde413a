import { QueryClient } from '@tanstack/vue-query'
import { expect, it } from 'vitest'
import { untilLive } from '../../../../../src-renderer/src/features/runs/lib/until-live.ts'

const list = ['runs', 'list']

function waiting(queries: QueryClient, signal = new AbortController().signal) {
  const waited = { isOver: false }
  const over = untilLive({ queries, list, id: 2, signal }).then(() => {
    waited.isOver = true
  })
  return { over, waited }
}

it('waits until the list shows the run as live, whatever other runs do', async () => {
  const queries = new QueryClient()
  queries.setQueryData(list, [{ id: 2, status: 'stopped' }])
  const { over, waited } = waiting(queries)
  queries.setQueryData(list, [
    { id: 1, status: 'running' },
    { id: 2, status: 'stopped' },
  ])
  await new Promise((resolve) => setTimeout(resolve))
  expect(waited.isOver).toBe(false)
  queries.setQueryData(list, [{ id: 2, status: 'queued' }])
  await over
})

it('does not wait for a run that is live already', async () => {
  const queries = new QueryClient()
  queries.setQueryData(list, [{ id: 2, status: 'running' }])
  await waiting(queries).over
})

it('ends when nobody waits any more, and leaves nothing behind', async () => {
  const queries = new QueryClient()
  const controller = new AbortController()
  const { over } = waiting(queries, controller.signal)
  expect(queries.getQueryCache().hasListeners()).toBe(true)
  controller.abort()
  await over
  expect(queries.getQueryCache().hasListeners()).toBe(false)
})
