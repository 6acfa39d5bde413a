import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LiveState } from '#main/runs/queue/live-state.ts'
import { watchJob, type JobNews } from '#main/runs/queue/watch.ts'
import type { Project } from '#main/store/project.ts'
import type { RunStatus } from '#shared/contract/runs.ts'
import { trainingProject } from '../training-project.ts'

interface Item {
  status: RunStatus
}

let root: string
let project: Project
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fame-watch-'))
  project = trainingProject(root)
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

it('tells of each strip of clips once, and of the newest to who comes later', async () => {
  const live = new LiveState()
  const item: Item = { status: 'running' }
  const source = {
    id: 1,
    metrics: project.store.runMetrics,
    from: 0,
    live,
    item: () => ({ ...item }),
  }
  const seen: JobNews<Item>[] = []
  const stream = watchJob<Item>(source)
  const next = async (): Promise<void> => void seen.push((await stream.next()).value!)
  live.show('strip', 1)
  await next()
  await next()
  live.warn('a video was left out')
  await next()
  live.show('strip', 40)
  await next()
  expect(seen).toEqual([
    { type: 'item', item: { status: 'running' } },
    { type: 'strip', step: 1 },
    { type: 'warning', message: 'a video was left out' },
    { type: 'strip', step: 40 },
  ])
  const late = watchJob<Item>(source)
  const news = [(await late.next()).value, (await late.next()).value, (await late.next()).value]
  expect(news).toContainEqual({ type: 'strip', step: 40 })
  expect(news).not.toContainEqual({ type: 'strip', step: 1 })

  item.status = 'done'
  live.pulse.beat()
  const rest: JobNews<Item>[] = []
  for await (const event of stream) rest.push(event)
  expect(rest).toEqual([{ type: 'item', item: { status: 'done' } }])
})

it('gives those who come back the running scores so far', async () => {
  const live = new LiveState()
  const source = {
    id: 1,
    metrics: project.store.runMetrics,
    from: 0,
    live,
    item: (): Item => ({ status: 'done' }),
  }
  const told = async (): Promise<JobNews<Item>[]> => {
    const news: JobNews<Item>[] = []
    for await (const event of watchJob<Item>(source)) news.push(event)
    return news
  }
  const partial = (done: number, top1: number) => ({
    done,
    total: 4,
    scores: { top1 },
    intervals: {},
    confusion: [],
  })
  expect(await told()).toEqual([{ type: 'item', item: { status: 'done' } }])
  for (const [i, top1] of [1, 0.5, 0.33].entries()) live.tell(partial(i + 1, top1))
  const trace = (await told()).find(({ type }) => type === 'trace')
  expect(trace).toEqual({
    type: 'trace',
    trace: [1, 0.5, 0.33].map((top1, i) => {
      return { done: i + 1, total: 4, scores: { top1 }, intervals: {} }
    }),
  })
  live.restart()
  expect((await told()).some(({ type }) => type === 'trace')).toBe(false)
})
