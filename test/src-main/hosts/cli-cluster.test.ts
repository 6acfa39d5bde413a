import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { jsonLines, runCli } from './run-cli.ts'

const temporaryFolder = temporaryFolders()

/** A project with a stopped run, whose number is chosen. */
function projectWithRun(number: number): string {
  const project = openProject(join(temporaryFolder(), 'task'))
  const { datasets, runs } = project.store
  runs.numberFrom(number)
  const datasetId = datasets.ensure({ name: 'set', format: 'folder', folder: '/nowhere/set' })
  const config = completeConfig({ epochs: 7 })
  const run = { name: "Ada's waves", config, datasetId, totalSteps: 9 }
  const { id } = runs.add({ ...run, status: 'stopped' })
  mkdirSync(project.runFolder(id), { recursive: true })
  writeFileSync(join(project.runFolder(id), 'videos.jsonl'), '{"path":"a.avi","frames":9}\n')
  project.close()
  return project.folder
}

it('writes job files with the settings of a run', async () => {
  const project = projectWithRun(1)
  const places = ['--data', '/data', '--shared', '/shared', '--project', project]
  const slurm = await runCli('cluster', 'slurm', 1, ...places, '--evaluate', 'knn')
  expect(slurm.code).toBe(0)
  expect(slurm.stdout).toContain('#SBATCH --job-name=fame-ada-s-waves\n')
  expect(slurm.stdout).toMatch(/^epochs: 7 #/m)
  const claims = ['--image', 'fame', '--data-claim', 'videos', '--shared-claim', 'runs']
  const kubernetes = await runCli('cluster', 'kubernetes', 1, ...places, ...claims)
  expect(parse(kubernetes.stdout)).toMatchObject({ kind: 'Job', spec: { completions: 1 } })
  const nothing = await runCli('cluster', 'slurm', 'nothing.yaml', ...places)
  expect([nothing.code, nothing.stdout]).toEqual([2, ''])
  const ignored = await runCli('cluster', 'slurm', 'sweep.yaml', ...places, '--evaluate', 'knn')
  expect(ignored.stderr).toContain('--evaluate is for a run')
  expect(ignored.code).toBe(2)
})

it('collects the runs of finished tasks once each', async () => {
  const shared = join(temporaryFolder(), 'shared')
  for (const task of [0, 1, 2]) {
    const place = join(shared, `task-${task}`)
    mkdirSync(place, { recursive: true })
    const own = ['--folder', join(place, 'run'), '--project', projectWithRun(task + 1)]
    expect((await runCli('runs', 'export', task + 1, ...own)).code).toBe(0)
    if (task < 2) writeFileSync(join(place, 'done'), '')
  }
  const project = join(temporaryFolder(), 'project')
  const first = await runCli('cluster', 'collect', shared, '--project', project)
  expect([first.code, first.stdout]).toEqual([
    0,
    "task-0: run 1 (Ada's waves)\ntask-1: run 2 (Ada's waves)\n",
  ])
  expect(first.stderr).toContain('task-2: not done yet')
  const again = await runCli('cluster', 'collect', shared, '--project', project)
  expect([again.code, again.stdout]).toEqual([0, ''])
  expect(again.stderr).toContain("task-1: already here as run 2 (Ada's waves)")
  const json = await runCli('cluster', 'collect', shared, '--project', project, '--json')
  expect(jsonLines(json.stdout)).toMatchObject([
    { task: 'task-0', run: 1, isNew: false, evaluations: 0 },
    { task: 'task-1', run: 2 },
  ])
})

it.skipIf(process.platform === 'win32')('collects beside tasks whose card is no file', async () => {
  const shared = join(temporaryFolder(), 'shared')
  for (const task of [0, 1, 2]) {
    const place = join(shared, `task-${task}`)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'done'), '')
  }
  const [pipe, folder, good] = [0, 1, 2].map((task) => join(shared, `task-${task}`, 'run'))
  mkdirSync(pipe)
  writeFileSync(join(pipe, 'SHA256SUMS'), '')
  execFileSync('mkfifo', [join(pipe, 'run.json')])
  mkdirSync(join(folder, 'run.json'), { recursive: true })
  writeFileSync(join(folder, 'SHA256SUMS'), '')
  await runCli('runs', 'export', 1, '--folder', good, '--project', projectWithRun(1))
  const project = join(temporaryFolder(), 'project')
  const { code, stdout, stderr } = await runCli('cluster', 'collect', shared, '--project', project)
  expect([code, stdout]).toEqual([1, "task-2: run 1 (Ada's waves)\n"])
  expect(stderr.match(/run\.json cannot be read \(it is not a regular file\)/g)).toHaveLength(2)
  expect(stderr).toContain('2 tasks could not be taken in.')
})
