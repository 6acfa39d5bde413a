import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { get } from './web-client.ts'
import { jsonLines, runCli, startCli } from './run-cli.ts'
import { tiny, tinyFrame, writeTinySet, writeTinyVideo } from './tiny-videos.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-cli-'))
const folder = join(root, 'set')
const project = join(root, 'project')
const video = join(root, 'video.avi')

beforeAll(async () => {
  mkdirSync(folder)
  await writeTinySet(folder)
  await writeTinyVideo(video, 40)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('what is typed wrong', () => {
  it.each([
    { args: [], says: 'Usage: fame' },
    { args: ['dance'], says: "unknown command 'dance'" },
    { args: ['videos', '--colour'], says: "unknown option '--colour'" },
    { args: ['frame', 'x.avi', '--index', '1'], says: "'--out <file>' not specified" },
    { args: ['frame', 'x.avi', '--index', '-1', '--out', 'y'], says: 'whole number from 0' },
    { args: ['mask', 'x.avi', '--beta', '2', '--out', 'y'], says: 'number from 0.01 to 0.99' },
    {
      args: ['mask', 'x.avi', '--variant', 'all', '--out', 'y'],
      says: 'fame, seed, gauss, grid, motion',
    },
    { args: ['index', 'x', '--dataset', 'all'], says: 'auto, ucf101, hmdb51, diving48' },
    { args: ['index', 'x', '--split-list', '4'], says: 'whole number from 1 to 3' },
    { args: ['pretrain', '--set', 'lr'], says: "Expected key=value, got 'lr'" },
    { args: ['pretrain', '--set', 'lr=-1'], says: 'lr is -1: expected a number from 0 to 100' },
    { args: ['pretrain', '--set', 'nothing=1'], says: "no setting 'nothing'" },
    { args: ['pretrain', '--set', 'queue=100', '--set', 'batch=64'], says: 'multiple of batch' },
    { args: ['pretrain', '--preset', 'none'], says: 'small-fame' },
    { args: ['pretrain', '--resume', '1', '--set', 'lr=1'], says: 'cannot be used with' },
    { args: ['pretrain', '--resume', '1', '--estimate'], says: 'cannot be used with' },
    { args: ['evaluate', '--resume', '1', '--clips', '2'], says: 'cannot be used with' },
    { args: ['pretrain', '--dry-run', '--estimate'], says: 'cannot be used with' },
    { args: ['pretrain', '--resume', '1', '--start-over', '2'], says: 'cannot be used with' },
    { args: ['pretrain', '--resume', '1', '--preset', 'small-fame'], says: 'cannot be used with' },
    {
      args: ['pretrain', '--config', 'nowhere.json'],
      says: '--config nowhere.json cannot be used',
    },
    { args: ['evaluate', '--run', 'x', '--protocol', 'linear'], says: "number or 'random'" },
    { args: ['evaluate', '--run', '1', '--protocol', 'guess'], says: 'choices are linear' },
    { args: ['evaluate', '--protocol', 'linear'], says: 'Give --run and --protocol' },
    { args: ['evaluate', '--run', '1', '--crops', '2'], says: 'Choose 1, 3' },
    { args: ['serve', '--port', '99999'], says: 'whole number from 0 to 65535' },
  ])('ends with 2 and says so: $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(...args)
    expect(stderr).toContain(says)
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('what cannot be done', () => {
  it.each([
    { args: ['index', join(root, 'nowhere'), '--project', project], says: 'nowhere' },
    { args: ['videos', '--project', join(root, 'nowhere')], says: 'There is no project' },
    { args: ['index', root, '--project', project], says: 'No known data set format found in' },
    { args: ['pretrain', '--project', project, '--resume', 3], says: 'no run 3' },
    { args: ['frame', join(root, 'no.avi'), '--index', 0, '--out', 'y.png'], says: 'no.avi' },
    { args: ['frame', video, '--index', 0, '--out', root], says: 'cannot be written' },
    { args: ['mask', video, '--frames', 8, '--out', video], says: 'Choose a place you may write' },
    { args: ['frame', video, '--index', 40, '--out', join(root, 'y.png')], says: 'has 40 frames' },
  ])('ends with 1 and says why: $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(...args)
    expect(stderr).toContain(says)
    expect(stderr).not.toMatch(/\.ts:\d+/)
    expect([code, stdout]).toEqual([1, ''])
  })
})

it.each([
  ['pretrain', '--preset', 'small-fame'],
  ['evaluate', '--run', '1', '--protocol', 'knn'],
  ['masks', 'beta', '0.4'],
  ['masks', 'undo'],
  ['masks', 'survey'],
  ['masks', 'import', 'masks.json'],
  ['tag', '--add', 'a'],
  ['datasets', 'remove', '1'],
])('leaves no project behind where its folder is mistyped: %s %s', async (...args) => {
  const mistyped = join(root, 'mistyped')
  const { code, stderr } = await runCli(...args, '--project', mistyped)
  expect([code, existsSync(mistyped)]).toEqual([1, false])
  expect(stderr).toContain('There is no project at')
})

it('shows its help at once, on standard output', async () => {
  const { code, stdout, stderr } = await runCli('--help')
  expect([code, stderr]).toEqual([0, ''])
  for (const name of ['sample', 'index', 'videos', 'mask', 'frame', 'pretrain', 'evaluate']) {
    expect(stdout).toContain(`  ${name} `)
  }
})

it('lists presets with what is unlike the paper, without a project', async () => {
  const { code, stdout } = await runCli('presets', '--json')
  expect(code).toBe(0)
  const [gpu] = jsonLines(stdout).filter(({ name }) => name === 'fame-ucf101-gpu')
  expect(gpu).toMatchObject({ recipe: 'ucf101', method: 'moco', merge: 'query', size: 'gpu' })
  expect(gpu.unlikePaper).toContainEqual({ name: 'batch', here: 16, paper: 64 })
  expect(gpu.unlikeReference).toContainEqual(
    expect.objectContaining({ id: 'accumulated-batches' }) as object,
  )
})

describe('index and videos', () => {
  it('take a folder in and list it, a damaged file with its error', async () => {
    const indexed = await runCli(
      'index',
      folder,
      '--dataset',
      'ucf101',
      '--project',
      project,
      '--json',
    )
    expect(indexed.code).toBe(0)
    expect(JSON.parse(indexed.stdout)).toMatchObject({
      datasetId: 1,
      dataset: 'ucf101',
      videos: 7,
      errors: 1,
      warnings: {},
    })
    expect(indexed.stderr).toMatch(/7\/7/)

    const { code, stdout } = await runCli('videos', '--project', project, '--json')
    const lines = jsonLines(stdout)
    expect([code, lines.length]).toEqual([0, 7])
    const fields = [
      ...['id', 'path', 'class', 'split', 'frames', 'fps', 'width', 'height', 'codec', 'error'],
      ...['errorKind', 'size', 'duration', 'headerFrames', 'verified', 'variableRate'],
      ...['pixelFormat', 'colours', 'rotation', 'mirrored', 'tags'],
    ]
    expect(Object.keys(lines[0])).toEqual(fields)
    expect(lines[0]).toMatchObject({
      class: 'Bounce',
      split: 'train',
      frames: 40,
      ...tiny,
      codec: 'mpeg4',
      error: null,
    })
    expect(lines.filter((line) => line.error !== null)).toMatchObject([{ frames: null }])
    expect((await runCli('videos', '--project', project, '--split', 'test')).stdout).toMatch(
      /path +class +split[^]*Bounce +test +40/,
    )
  })
})

describe('index', () => {
  it('recognises a format, with lists elsewhere, and counts what it warns of', async () => {
    const set = join(root, 'hmdb')
    const lists = join(root, 'lists')
    mkdirSync(join(set, 'smile'), { recursive: true })
    mkdirSync(lists)
    await writeTinyVideo(join(set, 'smile', 'show_your_smile_-)_smile_h_nm_np1_fr_med_0.avi'), 8)
    const line = 'show_your_smile_-)_smile_h_nm_np1_fr_med_0.avi 2 \r\n'
    writeFileSync(join(lists, 'smile_test_split2.txt'), `${line}gone.avi 1 \r\nno list\r\n`)
    const args = ['index', set, '--annotations', lists, '--split-list', 2]
    const { code, stdout, stderr } = await runCli(...args, '--project', join(root, 'other'))
    expect(code).toBe(0)
    expect(stderr).toContain(`Recognised HMDB51: ${lists} has lists such as smile_test_split2.txt.`)
    expect(stderr).toContain(
      `${join(lists, 'smile_test_split2.txt')}:2: smile/gone.avi is not on disk`,
    )
    expect(stdout).toMatch(/^1 videos, 0 of them damaged/)
    expect(stdout).toContain('Warnings: listed but not on disk: 1, malformed line: 1\n')
    const listed = await runCli('videos', '--project', join(root, 'other'), '--json')
    expect(jsonLines(listed.stdout)).toMatchObject([{ class: 'smile', split: 'test', frames: 8 }])
  })
})

describe('frame', () => {
  it('writes one frame at full size, as decoded', async () => {
    const file = join(root, 'new', 'frame.png')
    const { code } = await runCli('frame', video, '--index', 20, '--out', file)
    expect(code).toBe(0)
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([tiny.width, tiny.height, 3])
    const expected = tinyFrame(20)
    const error = data.reduce((sum, value, i) => sum + Math.abs(value - expected[i]), 0)
    expect(error / expected.length).toBeLessThan(6)
  })
})

describe('mask', () => {
  it('works on a bare file and says what it computed', async () => {
    const out = join(root, 'mask')
    const { code, stdout } = await runCli(
      ...['mask', video, '--start', 2, '--frames', 8, '--stride', 3, '--size', 48],
      ...['--beta', 0.3, '--variant', 'seed', '--out', out, '--json'],
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      start: 2,
      frames: 8,
      stride: 3,
      beta: 0.3,
      variant: 'seed',
      width: 48,
      height: 48,
      indices: [2, 5, 8, 11, 14, 17, 20, 23],
      foreground: Math.floor(0.3 * 48 * 48) / (48 * 48),
    })
    for (const layer of ['mask', 'soft', 'seed', 'overlay']) {
      const { width, height } = await sharp(join(out, `${layer}.png`)).metadata()
      expect([width, height], layer).toEqual([48, 48])
    }
  })

  it('chooses beta itself, and says which', async () => {
    const clip = ['mask', video, '--frames', 8, '--size', 48]
    const args = [...clip, '--variant', 'seed', '--adaptive', '--compensate']
    const out = join(root, 'adaptive')
    const { stdout } = await runCli(...args, '--out', out, '--json')
    const { beta, ...rest } = z.looseObject({ beta: z.number() }).parse(JSON.parse(stdout))
    expect(beta).not.toBe(0.5)
    const foreground = Math.trunc(beta * 48 * 48) / (48 * 48)
    expect(rest).toMatchObject({ adaptive: true, compensate: true, foreground })
    const plain = await runCli(...args, '--out', out)
    expect(plain.stdout.trimEnd().split('\n').at(-1)).toBe(`beta ${beta.toFixed(3)}`)
  })

  it('writes the mask of each frame of the variant that has some', async () => {
    const out = join(root, 'motion')
    const clip = ['mask', video, '--frames', 4, '--stride', 3, '--size', 48, '--start', 1]
    await runCli(...clip, '--variant', 'motion', '--out', out)
    const frames = readdirSync(out).filter((name) => name.startsWith('frame-'))
    expect(frames.sort()).toEqual([1, 10, 4, 7].map((frame) => `frame-${frame}.png`))
    const { width, height } = await sharp(join(out, 'frame-7.png')).metadata()
    expect([width, height]).toEqual([48, 48])
  })

  it('tells how many frames it needs and how many there are', async () => {
    const short = join(root, 'short.avi')
    await writeTinyVideo(short, 9)
    const out = join(root, 'none')
    const { code, stderr } = await runCli('mask', short, '--out', out)
    expect(code).toBe(1)
    expect(stderr).toContain(
      'Expected 16 frames at stride 2 from frame 0 (31 frames), the video has 9',
    )
    expect(existsSync(out)).toBe(false)
  })
})

describe('bench', { tags: ['tensorflow'] }, () => {
  it('times a training step in a process of its own', async () => {
    const small = ['--model', 'r2plus1d_narrow', '--frames', 2, '--size', 16, '--batch', 2]
    const { code, stdout } = await runCli('bench', 'train', ...small, '--steps', 1, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ model: 'r2plus1d_narrow', batch: 2, size: 16 })
  })
})

describe('serve', () => {
  it('prints its address, holds the project, and stops cleanly', async () => {
    const { child, finished, printed } = startCli(
      ...['serve', '--project', project, '--port', 0, '--json'],
    )
    let stdout = ''
    child.stdout?.on('data', (text: string) => (stdout += text))
    await printed('\n')
    const { url, port } = JSON.parse(stdout) as { url: string; port: number }
    expect((await get(port, new URL(url).pathname + new URL(url).search)).status).toBe(303)

    const second = await runCli('index', folder, '--project', project)
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`open in another workbench (process ${child.pid})`)
    expect((await runCli('videos', '--project', project, '--json')).code).toBe(0)

    child.kill('SIGTERM')
    expect((await finished).code).toBe(0)
  })
})
