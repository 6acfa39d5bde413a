import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { samplePresets } from '#shared/config/presets.ts'
import { studyMethods, type MethodsResult } from '#main/study/methods.ts'
import { keyOf, methodRows, valuesOf, type MethodsPlan } from '#main/study/methods-plan.ts'
import { CLIPS } from '#main/study/shortcut-plan.ts'
import { methodsTable } from '#main/study/methods-report.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { fakeTrainer, letTrainers, trainingProject } from '../runs/training-project.ts'

const temporaryFolder = temporaryFolders()
/** A process for each run and evaluation. */
const slow = { timeout: 240_000 }
afterEach(() => vi.unstubAllEnvs())

const rows = methodRows(['simclr']).filter(({ name }) => name !== 'SimCLR')
const plan: MethodsPlan = { rows, seeds: 1, rates: [1, 2], steps: 2, videos: 64 }

function project(): string {
  const folder = temporaryFolder()
  trainingProject(folder, 64, 8).close()
  return join(folder, 'project')
}

/** Four protocols of random weights and of the chosen rate, two validations, one network with labels. */
const EVALUATIONS = 11

interface Session {
  result: MethodsResult
  /** What was begun. */
  cells: string[]
  /** Cells that were known whenever a report was written. */
  reports: number[]
}

async function session(folder: string, more: Partial<Session> & { stopAfter?: number } = {}) {
  const workbench: Workbench = await openWorkbench({
    ...{ project: folder, host: 'cli' as const },
    trainerEntry: fakeTrainer,
  })
  const controller = new AbortController()
  const cells: string[] = []
  const reports: number[] = []
  let result: MethodsResult | null = null
  const study = studyMethods(workbench, {
    ...{ datasetId: 1, plan, signal: controller.signal, onProgress: () => undefined },
    onCell(cell) {
      cells.push(keyOf(cell))
      if (cells.length > (more.stopAfter ?? Infinity)) controller.abort(new Error('Stopped.'))
    },
    async onKnown(known) {
      reports.push(known.known.size)
      result = known
      return Promise.resolve()
    },
  })
  const error = await study.then(
    () => null,
    (reason: Error) => reason,
  )
  const { runs, evaluations } = workbench.project.store
  const counts = { runs: runs.list().length, evaluations: evaluations.list().length }
  await workbench.close()
  return { result: result!, cells, reports, counts, error }
}

it('goes on where it was stopped, and does nothing twice', slow, async () => {
  letTrainers({ steps: 1 })
  const folder = project()
  const stopped = await session(folder, { stopAfter: 1 })
  expect(stopped.error?.message).toBe('Stopped.')
  expect(stopped.reports).toEqual([0, 1])
  const [row] = methodsTable(stopped.result).rows.filter(([name]) => name === 'Supervised')
  expect(row.slice(3)).toEqual(['not yet run', '–', '–', '–', '–'])

  const rest = await session(folder)
  expect(rest.error).toBeNull()
  expect(rest.cells).toEqual([
    'SimCLR + FAME, seed 1, rate 1',
    'Supervised, seed 1, rate 1',
    'SimCLR + FAME, seed 1, rate 2',
  ])
  const again = await session(folder)
  expect(again.cells).toEqual([])
  expect(again.counts).toEqual(rest.counts)
  expect(rest.counts.runs).toBe(2)
})

it(
  'takes up the run and the evaluation that a killed process left in the queue',
  slow,
  async () => {
    letTrainers({ steps: 3, pause: 200 })
    const folder = project()
    const row = rows.find(({ kind }) => kind === 'pretrained')!
    const options = { project: folder, host: 'cli', trainerEntry: fakeTrainer } as const
    const workbench = await openWorkbench(options)
    const { runs, evaluations } = workbench
    const values = { ...valuesOf({ row, seed: 1, rate: 1 }, plan) }
    runs.start({ name: 'left', preset: row.preset!.name, datasetId: 1, values })
    const shape = { runId: null, preset: samplePresets.merged.name, datasetId: 1 }
    evaluations.start({ ...shape, protocol: 'knn', settings: { clips: CLIPS, seed: 1 } })
    await workbench.close()
    const { error, counts } = await session(folder)
    expect(error).toBeNull()
    // None was started beside it.
    expect(counts).toEqual({ runs: 2, evaluations: EVALUATIONS })
  },
)

it('leaves out a cell that fails, with the reason, and does the others', slow, async () => {
  letTrainers({ steps: 1, at: 1, then: 'fail' })
  const { result, cells } = await session(project())
  expect(cells).toHaveLength(4)
  expect([...result.failed.values()][1]).toContain('TensorFlow is not set up')
  const [row] = methodsTable(result).rows.filter(([name]) => name === 'SimCLR + FAME')
  expect(row.slice(3)).toEqual(Array(5).fill('failed'))
})
