import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
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

async function classes(...options: (string | number)[]): Promise<unknown[]> {
  const { stdout } = await runCli('videos', '--project', project, '--json', ...options)
  return jsonLines(stdout).map((line) => line.class)
}

describe('a library on the command line', () => {
  it('filters and sorts', async () => {
    expect(await classes('--search', 'bou g0', '--split', 'train')).toEqual(['Bounce', 'Bounce'])
    expect(await classes('--min-frames', 41)).toEqual([])
    expect(await classes('--damaged')).toEqual(['Spin'])
    const falling = await classes('--readable', '--sort', 'class', '--descending')
    expect(falling).toEqual(['Spin', 'Spin', 'Spin', 'Bounce', 'Bounce', 'Bounce'])
    expect(await classes('--masks', 'corrected', 'approved')).toEqual([])
    expect(await classes('--masks', 'none')).toHaveLength(7)
    const unknown = await runCli('videos', '--project', project, '--dataset-id', 77)
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/no data set 77.*1/)])
  })

  it('tags what passes a filter, undoes that and redoes it', async () => {
    const tag = ['tag', '--project', project, '--json'] as const
    const { stdout } = await runCli(...tag, '--class', 'Bounce', '--add', 'ball')
    expect(jsonLines(stdout)).toEqual([{ label: 'add tag “ball”', videos: 3 }])
    expect(await classes('--tag', 'ball')).toEqual(['Bounce', 'Bounce', 'Bounce'])
    await runCli(...tag, '--undo')
    expect(await classes('--tag', 'ball')).toEqual([])
    await runCli(...tag, '--redo')
    expect(await classes('--search', 'bal')).toHaveLength(3)
    expect((await runCli(...tag)).stderr).toContain('Expected --add')
  })

  it('relocates a data set whose folder has moved, and takes it out', async () => {
    const datasets = (...args: string[]) =>
      runCli('datasets', ...args, '--project', project, '--json')
    const moved = join(root, 'moved')
    renameSync(folder, moved)
    expect((await datasets('relocate', '1', root)).stderr).toContain('7 of 7 videos')
    const { stdout } = await datasets('relocate', '1', moved)
    expect(jsonLines(stdout)).toEqual([{ found: 7, missing: 0 }])
    expect(jsonLines((await datasets('list')).stdout)).toMatchObject([{ id: 1, folder: moved }])
    expect(jsonLines((await datasets('remove', '1')).stdout)).toEqual([
      { left: [], exported: null },
    ])
    expect(await classes()).toEqual([])
  })
})
