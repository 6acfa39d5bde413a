import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonLines, runCli, startCli } from './run-cli.ts'
import { writeTinySet } from './tiny-videos.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-cli-training-'))
const project = join(root, 'project')

beforeAll(async () => {
  const folder = join(root, 'set')
  mkdirSync(folder)
  await writeTinySet(folder)
  await runCli('index', folder, '--project', project)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('pretrain and evaluate', { tags: ['tensorflow'] }, () => {
  it('stop at SIGINT with a checkpoint that can be evaluated', async () => {
    const config = join(root, 'config.json')
    const values = { model: 'r2plus1d_narrow', frames: 4, size: 32, batch: 2, queue: 4 }
    writeFileSync(config, JSON.stringify({ ...values, loaderThreads: 1, epochs: 1000 }))
    const { child, finished, printed } = startCli(
      ...['pretrain', '--project', project, '--config', config, '--set', 'stride=1', '--json'],
    )
    await printed('"name":"loss"')
    child.kill('SIGINT')
    const { code, stdout } = await finished
    expect(code).toBe(0)
    const lines = jsonLines<{ type: string; run?: { id: number; status: string; step: number } }>(
      stdout,
    )
    expect(lines[0]).toMatchObject({
      type: 'run',
      run: { id: 1, config: { ...values, stride: 1 } },
    })
    const last = lines.findLast((line) => line.type === 'run')?.run
    expect(last).toMatchObject({ status: 'stopped' })
    expect(last?.step).toBeGreaterThan(0)

    const evaluated = await runCli(
      ...['evaluate', '--project', project, '--run', 1, '--protocol', 'retrieval'],
      ...['--clips', 1, '--json'],
    )
    expect(evaluated.code).toBe(0)
    expect(JSON.parse(evaluated.stdout)).toMatchObject({
      runId: 1,
      status: 'done',
      result: { trainVideos: 4, testVideos: 2 },
    })
    const [run] = jsonLines((await runCli('runs', '--project', project, '--json')).stdout)
    expect(run).toMatchObject({ id: 1, evaluations: [{ protocol: 'retrieval' }] })
  })

  it('say of a run that was killed that it waits, and go on with it', async () => {
    const resume = ['pretrain', '--project', project, '--resume', 1, '--json'] as const
    const first = startCli(...resume)
    await first.printed('"type":"progress"')
    expect(jsonLines((await runCli('runs', '--project', project, '--json')).stdout)).toMatchObject([
      { id: 1, status: 'running' },
    ])
    first.child.kill('SIGKILL')
    await first.finished
    const waiting = await runCli('runs', '--project', project, '--json')
    expect(jsonLines(waiting.stdout)).toMatchObject([{ id: 1, status: 'queued' }])
    expect(waiting.stderr).toContain(`bin/fame pretrain --resume 1 --project ${project}`)

    const second = startCli(...resume)
    await second.printed('"type":"progress"')
    second.child.kill('SIGINT')
    const { code, stdout, stderr } = await second.finished
    expect([code, stderr]).toEqual([0, expect.stringContaining('To resume it: bin/fame')])
    const runs = jsonLines<{ type: string; run?: { id: number; status: string } }>(stdout)
    expect(runs.findLast((line) => line.type === 'run')?.run).toMatchObject({
      id: 1,
      status: 'stopped',
    })
  })
})
