import { describe, expect, it } from 'vitest'
import type { Run, RunStatus } from '#shared/contract/runs.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { endedRuns, noticeOf } from '../../../src-renderer/src/lib/run-notices.ts'
import { windowTitle } from '../../../src-renderer/src/lib/window-title.ts'

function run(id: number, status: RunStatus, more: Partial<Run> = {}): Run {
  return {
    id,
    status,
    name: `run ${id}`,
    config: completeConfig({}),
    datasetId: 1,
    step: 1200,
    totalSteps: 1200,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:03:20.000Z',
    device: null,
    error: null,
    corrections: null,
    maskUse: null,
    notes: '',
    tags: [],
    starred: false,
    archived: false,
    trashedAt: null,
    place: id,
    chain: [],
    sweep: null,
    madeWith: null,
    imported: null,
    ...more,
  }
}

describe('runs that have ended', () => {
  const statuses: RunStatus[] = ['queued', 'running', 'stopping', 'paused', 'done', 'failed']
  const before = new Map(statuses.map((status, id) => [id, status]))

  it('are those that were live and are done or have failed', () => {
    for (const status of ['done', 'failed'] as const) {
      const now = statuses.map((_, id) => run(id, status))
      expect(endedRuns(before, now).map(({ id }) => id)).toEqual([0, 1, 2])
    }
  })

  it('are not those that somebody has stopped or paused, nor those that go on', () => {
    for (const status of ['stopped', 'paused', 'running', 'queued'] as const) {
      expect(endedRuns(before, [run(1, status)])).toEqual([])
    }
  })

  it('are those too that came and went between two looks, but not those of another project', () => {
    const imported = { at: '', project: 'p', run: 1, uid: 'u', missing: null, whole: true }
    const runs = [run(98, 'failed'), run(99, 'done', { imported })]
    expect(endedRuns(before, runs).map(({ id }) => id)).toEqual([98])
  })

  it('are none at the first look', () => {
    expect(endedRuns(null, [run(99, 'done')])).toEqual([])
  })
})

describe('the notice of a run', () => {
  it('says how long it took', () => {
    expect(noticeOf(run(3, 'done'))).toEqual({
      runId: 3,
      isFailure: false,
      title: 'run 3 is done',
      text: '1,200 steps in 3 min 20 s',
    })
  })

  it('says why it failed, in a line', () => {
    const failed = run(3, 'failed', { error: 'The disk is full.\nat save' })
    expect(noticeOf(failed)).toMatchObject({ isFailure: true, text: 'The disk is full.' })
  })
})

it('puts the progress of a run before the name of the view', () => {
  const progress = { phase: '', done: 199, total: 200, rate: 1, unit: 'steps', secondsLeft: 1 }
  expect(windowTitle('runs', progress)).toBe('99 % · Runs · FAME Workbench')
  expect(windowTitle('library', null)).toBe('Library · FAME Workbench')
})
