import { describe, expect, it } from 'vitest'
import type { Run, RunStatus } from '#shared/contract/runs.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import {
  endedEvaluations,
  endedRuns,
  noticeOfEvaluation,
  noticeOfRun,
} from '../../../../src-renderer/src/app/shell/end-notices.ts'
import { windowTitle } from '../../../../src-renderer/src/app/window-title.ts'

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
    expect(noticeOfRun(run(3, 'done'))).toEqual({
      id: 3,
      isFailure: false,
      title: 'run 3 is done',
      text: '1,200 steps in 3 min 20 s',
    })
  })

  it('says why it failed, in a line', () => {
    const failed = run(3, 'failed', { error: 'The disk is full.\nat save' })
    expect(noticeOfRun(failed)).toMatchObject({ isFailure: true, text: 'The disk is full.' })
  })
})

function evaluation(id: number, status: RunStatus, more: Partial<Evaluation> = {}): Evaluation {
  return {
    id,
    status,
    runId: 1,
    runName: 'small-fame',
    datasetId: 1,
    protocol: 'retrieval',
    settings: defaultSettings('retrieval'),
    training: {
      cropScaleMin: 0.2,
      cropScaleMax: 1,
      flip: 0.5,
      variant: 'fame',
      beta: 0.5,
      streams: ['rgb'],
    },
    group: null,
    result: {
      scores: { 'R@1': 0.49, 'R@5': 0.8 },
      classCount: 0,
      trainVideos: 192,
      testVideos: 96,
      seconds: 117,
    },
    createdAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:02:00.000Z',
    error: null,
    place: id,
    ...more,
  }
}

describe('evaluations that have ended', () => {
  it('are those that were live, and not those that an imported run has brought', () => {
    const before = new Map<number, RunStatus>([
      [1, 'running'],
      [2, 'done'],
      [3, 'running'],
    ])
    const now = [evaluation(1, 'done'), evaluation(2, 'done'), evaluation(3, 'stopped')]
    expect(endedEvaluations(before, [...now, evaluation(9, 'done')]).map(({ id }) => id)).toEqual([
      1,
    ])
    expect(endedEvaluations(null, now)).toEqual([])
  })

  it('are told by protocol, encoder and score, or with the reason of the failure', () => {
    expect(noticeOfEvaluation(evaluation(4, 'done'))).toEqual({
      id: 4,
      isFailure: false,
      title: 'Retrieval of small-fame is done',
      text: 'R@1 49.0 %, took 1 min 57 s',
    })
    const failed = evaluation(4, 'failed', { result: null, error: 'No test videos.\nat x' })
    expect(noticeOfEvaluation(failed)).toMatchObject({
      title: 'Retrieval of small-fame failed',
      text: 'No test videos.',
    })
  })
})

it('puts the progress of a run before the name of the view', () => {
  const progress = { phase: '', done: 199, total: 200, rate: 1, unit: 'steps', secondsLeft: 1 }
  expect(windowTitle('runs', progress)).toBe('99 % · Runs · FAME Workbench')
  expect(windowTitle('library', null)).toBe('Library · FAME Workbench')
  expect(windowTitle('runs', null, 'ucf101')).toBe('Runs · ucf101 · FAME Workbench')
})
