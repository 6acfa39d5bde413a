import { expect, it } from 'vitest'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Protocol } from '#shared/contract/evaluations.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { runCli } from './run-cli.ts'

const temporaryFolder = temporaryFolders()

it('lists what an untrained encoder scored beside the runs', async () => {
  const folder = temporaryFolder()
  const project = openProject(folder)
  const { datasets, evaluations } = project.store
  const datasetId = datasets.ensure({ name: 'set', folder, format: 'ucf101' })
  const setting = { config: completeConfig({}), runId: null, datasetId }
  const scored: [Protocol, Record<string, number>][] = [
    ['linear', { top1: 0.125, top5: 0.5 }],
    ['retrieval', { 'R@1': 0.25 }],
  ]
  for (const [protocol, scores] of scored) {
    const { id } = evaluations.add({
      ...setting,
      protocol,
      settings: defaultSettings(protocol),
      runName: 'random initialisation',
    })
    const counts = { trainVideos: 4, testVideos: 8, seconds: 1 }
    const result = { ...counts, scores, classes: ['a', 'b'] }
    evaluations.change(id, { status: 'done', result })
  }
  project.close()
  const { code, stdout } = await runCli('runs', '--project', folder)
  expect(code).toBe(0)
  expect(stdout).toMatch(/random initialisation .* linear top1 12\.5 %, retrieval R@1 25\.0 %/)
})

it('compares the metrics of a run with their healthy ranges, and says what to do', async () => {
  const folder = temporaryFolder()
  const project = openProject(folder)
  const { datasets, runs, runMetrics } = project.store
  const datasetId = datasets.ensure({ name: 'set', folder, format: 'ucf101' })
  const config = completeConfig({ batch: 32, queue: 192 })
  const { id } = runs.add({ name: 'ill', config, datasetId, totalSteps: 60 })
  const values = Array.from({ length: 60 }, (_, i) => [
    { step: i + 1, name: 'spread', value: 0.02 },
    { step: i + 1, name: 'loss', value: 4 },
  ])
  runMetrics.write(id, values.flat())
  project.close()
  const { code, stdout, stderr } = await runCli('runs', 'health', `${id}`, '--project', folder)
  expect(code).toBe(0)
  expect(stdout).toMatch(/Spread +0\.02 +from 0\.1 +below range/)
  // Equal similarities to the positive and 192 keys: log 193.
  expect(stdout).toMatch(/Loss +4 nats +up to 5\.26 nats +in range/)
  expect(stderr).toContain('collapsed')
  const json = await runCli('runs', 'health', `${id}`, '--json', '--project', folder)
  const judged = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { verdict: string })
  expect(judged.map(({ verdict }) => verdict).filter((verdict) => verdict !== 'open')).toEqual([
    'below',
    'healthy',
  ])
})
