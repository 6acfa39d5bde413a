import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { samplePresets } from '#shared/config/presets.ts'
import { CLIPS } from '#main/study/shortcut-plan.ts'
import { studyShortcut } from '#main/study/shortcut.ts'
import { openWorkbench } from '#main/workbench.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { fakeTrainer, letTrainers, trainingProject } from '../runs/training-project.ts'

const temporaryFolder = temporaryFolders()
/** A process for each run and evaluation. */
const slow = { timeout: 180_000 }
afterEach(() => vi.unstubAllEnvs())

it('validates what β is chosen among, tests every row, and does nothing twice', slow, async () => {
  const folder = temporaryFolder()
  trainingProject(folder, 64, 8).close()
  letTrainers({ steps: 1 })
  const project = join(folder, 'project')
  const workbench = await openWorkbench({ project, host: 'cli', trainerEntry: fakeTrainer })
  const encoders: string[] = []
  const study = (onlyKnown: boolean) =>
    studyShortcut(workbench, {
      datasetId: 1,
      seeds: [1],
      rows: ['MoCo', 'FAME, β 0.3', 'Supervised'],
      onlyKnown,
      onEncoder: (title, left) => encoders.push(`${title}: ${left} left`),
      onProgress: () => undefined,
    })
  expect((await study(true)).rows.flatMap(({ seeds }) => seeds)).toEqual([])

  const result = await study(false)
  expect(result).toMatchObject({ trainVideos: 64, testVideos: 8, chance: 0.5 })
  const found = result.rows.map(({ name, seeds: [one] }) => [name, one.validation !== undefined])
  expect(found).toEqual([
    ['MoCo', false],
    ['FAME, β 0.3', true],
    ['Supervised', false],
  ])
  const { runs, evaluations } = workbench.project.store
  expect(runs.list().map(({ config }) => [config.merge, config.seed])).toEqual([
    ['none', 1],
    ['query', 1],
  ])
  // One evaluation serves all columns of its protocol.
  const done = evaluations.list().map(({ runName, protocol, settings, result: one }) => {
    return `${runName.replace(', seed 1', '')}: ${protocol} on ${settings.split}, ${one?.testVideos}`
  })
  const tested = ['linear', 'knn', 'retrieval', 'background']
  expect(done.slice(0, 4)).toEqual(tested.map((protocol) => `MoCo: ${protocol} on test, 8`))
  expect(done.slice(4, 9)).toEqual([
    'FAME, β 0.3: background on validation, 16',
    ...tested.map((protocol) => `FAME, β 0.3: ${protocol} on test, 8`),
  ])
  expect(done[9]).toMatch(/finetune on test, 8$/)

  expect(encoders).toEqual([
    'MoCo, seed 1: 3 left',
    'FAME, β 0.3, seed 1: 2 left',
    'Supervised, seed 1: 1 left',
  ])
  await study(false)
  expect(encoders).toHaveLength(3)
  expect(runs.list()).toHaveLength(2)
  expect(evaluations.list()).toHaveLength(done.length)

  // The same once more, as another build might train it: the first run counts, the second is told.
  const preset = samplePresets.plain.name
  const again = workbench.runs.start({ name: 'again', preset, datasetId: 1, values: { seed: 1 } })
  for await (const event of workbench.runs.watch(again.id)) void event
  const repeated = workbench.evaluations.start({
    runId: again.id,
    datasetId: 1,
    protocol: 'linear',
    settings: { clips: CLIPS, seed: 1, split: 'test' },
  })
  for await (const event of workbench.evaluations.watch(repeated.id)) void event
  const [moco] = (await study(true)).rows
  expect(moco.seeds).toMatchObject([{ seed: 1, repeats: [moco.seeds[0].scores['Top-1']] }])
  await workbench.close()
})
