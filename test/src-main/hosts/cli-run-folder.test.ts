// @module-tag tensorflow
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { readEvents } from '../tensorboard/read-events.ts'
import { runCli } from './run-cli.ts'

const temporaryFolder = temporaryFolders()

/** A project with a stopped run of two steps. */
function projectWithRun(): string {
  const project = openProject(join(temporaryFolder(), 'first'))
  const { datasets, runs, runMetrics } = project.store
  const datasetId = datasets.ensure({ name: 'set', format: 'folder', folder: '/nowhere/set' })
  const run = { name: 'waves', config: completeConfig({}), datasetId, totalSteps: 9 }
  const { id } = runs.add({ ...run, status: 'stopped' })
  runMetrics.write(id, [
    { step: 1, name: 'loss', value: 0.1 },
    { step: 2, name: 'loss', value: 0.2 },
  ])
  runs.advance(id, 2)
  mkdirSync(project.runFolder(id), { recursive: true })
  writeFileSync(join(project.runFolder(id), 'videos.jsonl'), '{"path":"a.avi","frames":9}\n')
  project.close()
  return project.folder
}

it('takes a run from one project to another', async () => {
  const first = projectWithRun()
  const folder = join(temporaryFolder(), 'run')
  const exported = await runCli('runs', 'export', 1, '--folder', folder, '--project', first)
  expect(exported.stdout).toMatch(/: run 1 \(\d+ files, \d\.\d MB\)\n$/)

  const second = join(temporaryFolder(), 'second')
  const imported = await runCli('runs', 'import', folder, '--project', second)
  expect(imported.stdout).toBe('Run 1 (waves): stopped at step 2 of 9\n')
  expect(imported.stderr).toContain('It was trained on 1 video of set, and no data set here')
  const curves = await runCli('runs', 'curves', 1, '--project', second)
  expect(curves.stdout).toBe('step,loss\n1,0.1\n2,0.2\n')

  const resumed = await runCli('pretrain', '--resume', 1, '--project', second)
  expect(resumed.stderr).toContain('Index that data set here')
  const again = await runCli('runs', 'import', folder, '--project', second)
  expect(again.stderr).toContain('already has this run, as run 1 (waves)')
  const named = await runCli('runs', 'import', folder, '--project', second, '--name', 'x')
  expect(named.stderr).toContain('are for weights')
  expect([resumed.code, again.code, named.code]).toEqual([1, 1, 2])
})

it('writes what a run has measured for TensorBoard', async () => {
  const first = projectWithRun()
  const folder = join(temporaryFolder(), 'events')
  const { stdout } = await runCli(
    ...['runs', 'export', 1, '--tensorboard', folder, '--project', first, '--json'],
  )
  const { file } = JSON.parse(stdout) as { file: string }
  expect(readdirSync(folder)).toEqual([file.slice(folder.length + 1)])
  expect(readEvents(file).map(({ values }) => values)).toEqual([
    {},
    {},
    { 'loss/loss': Math.fround(0.1) },
    { 'loss/loss': Math.fround(0.2) },
  ])
})

it.each([
  [[], 'one of --out FILE, --folder DIR and --tensorboard DIR'],
  [['--folder', 'x', '--out', 'y'], 'one of --out FILE'],
  [['--folder', 'x', '--best'], '--best needs --out'],
])('says where an export may go: %j', async (args, says) => {
  const { code, stderr } = await runCli('runs', 'export', 1, ...args)
  expect(stderr).toContain(says)
  expect(code).toBe(2)
})
