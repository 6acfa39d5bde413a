import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonLines, runCli } from './run-cli.ts'
import { writeTinySet } from './tiny-videos.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-cli-'))
const folder = join(root, 'set')
const project = join(root, 'project')

beforeAll(async () => {
  mkdirSync(folder)
  await writeTinySet(folder)
  await runCli('index', folder, '--project', project)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

async function masks(...args: (string | number)[]): Promise<Record<string, unknown>[]> {
  const { stdout, stderr, code } = await runCli('masks', ...args, '--project', project, '--json')
  expect([code, stderr.includes('Error')]).toEqual([0, false])
  return jsonLines(stdout)
}

describe('reviewing masks on the command line', () => {
  it('scores clips, lists them, decides on them and takes that back', async () => {
    expect(await masks('survey', '--frames', 8, '--size', 48)).toMatchObject([
      { scored: 6, errors: 0 },
    ])
    const queue = await masks('queue')
    const priorities = queue.map(({ score }) => (score as { priority: number }).priority)
    expect(priorities).toHaveLength(6)
    expect(priorities).toEqual(priorities.toSorted((a, b) => b - a))

    const approve = ['approve', '--class', 'Bounce', '--beta', 0.3, '--size', 48]
    expect(await masks(...approve)).toEqual([{ clips: 3, changed: 3, failures: 0 }])
    expect(await masks('queue', '--states', 'approved')).toHaveLength(3)
    expect(await masks('undo')).toEqual([{ label: 'approve', undone: 3, kept: 0 }])
    expect(await masks('undo')).toEqual([null])

    const [{ videoId }] = queue
    const reject = ['reject', '--video', Number(videoId), '--frames', 8, '--notes', 'blurred']
    expect(await masks(...reject)).toEqual([{ clips: 1, changed: 1, failures: 0 }])
    expect(await masks('queue', '--states', 'rejected,corrected')).toMatchObject([
      { videoId, start: 12, state: 'rejected' },
    ])
  })

  it('sets beta for the project and for a class', async () => {
    const ofClass = ['--dataset-id', 1, '--class', 'Spin']
    await masks('beta', 0.4)
    expect(await masks('beta', 0.2, ...ofClass)).toEqual([
      { scope: 'project', beta: 0.4 },
      { scope: 'class', datasetId: 1, class: 'Spin', beta: 0.2 },
    ])
    await masks('beta', '--clear', ...ofClass)
    expect(await masks('beta')).toEqual([{ scope: 'project', beta: 0.4 }])
  })

  it('refuses what cannot be meant', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await runCli('masks', ...args, '--project', project)
      return [code, stderr.trim()]
    }
    expect(await refused('reject')).toEqual([2, expect.stringContaining('Expected --video')])
    expect(await refused('beta', '0.3', '--class', 'Spin')).toEqual([
      ...[2, expect.stringContaining('--dataset-id and --class together')],
    ])
    expect(await refused('queue', '--states', 'done')).toEqual([
      ...[2, expect.stringContaining('There is no state done.')],
    ])
    expect(await refused('approve', '--video', '99')).toEqual([
      ...[1, expect.stringContaining('There is no video 99.')],
    ])
  })
})
