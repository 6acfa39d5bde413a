import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobEvent } from '#shared/contract/videos.ts'
import { planSampleSet } from '#main/datasets/sample-set/layout.ts'
import { writeSampleSet } from '#main/datasets/sample-set/write-sample-set.ts'
import { VideoReader } from '#main/video/reader.ts'

let root: string
let events: JobEvent[]

async function write(folder: string, seed = 1): Promise<JobEvent[]> {
  const seen: JobEvent[] = []
  for await (const event of writeSampleSet(folder, { seed })) seen.push(event)
  return seen
}

const video = (name: string): string => join(root, 'UCF-101', name)
const bounce = 'Bounce/v_Bounce_g01_c01.avi'
const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'fame-sample-'))
  events = await write(root)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('the sample set on disk', () => {
  it('has every planned video and says how far it is', () => {
    for (const { name } of planSampleSet(1)) expect(existsSync(video(name)), name).toBe(true)
    const progress = events.filter((event) => event.type === 'progress')
    expect(progress.at(-1)).toMatchObject({ done: 288, total: 288 })
    expect(events.at(-1)).toMatchObject({ type: 'done', total: 288, errors: 0 })
  })

  it('is 64 frames of 128x96 in MPEG-4', () => {
    const reader = VideoReader.open(video(bounce))
    const { frames, width, height } = reader.readAll()
    expect({ frames, width, height }).toEqual({ frames: 64, width: 128, height: 96 })
    expect(reader.info.codec).toBe('mpeg4')
    expect(reader.info.fps).toBe(25)
    reader.close()
  })

  it('has the true foreground beside it: the saturated pixels, in every frame', () => {
    const reader = VideoReader.open(video(bounce))
    const masks = VideoReader.open(join(root, 'UCF-101-masks', bounce.replace('.avi', '.mkv')))
    const rgb = reader.readAll()
    const truth = masks.readAll()
    expect(truth.frames).toBe(64)
    let [both, either] = [0, 0]
    for (let pixel = 0; pixel < rgb.data.length / 3; pixel++) {
      const channels = rgb.data.subarray(3 * pixel, 3 * pixel + 3)
      const saturated = Math.max(...channels) - Math.min(...channels) > 70
      const foreground = truth.data[3 * pixel] > 127
      both += Number(saturated && foreground)
      either += Number(saturated || foreground)
    }
    expect(both / either).toBeGreaterThan(0.85)
    reader.close()
    masks.close()
  })

  it('is completed when it was cut short, with the very same bytes, and not written twice', async () => {
    const [gone, kept] = [video(bounce), video('Spin/v_Spin_g09_c04.avi')]
    const before = hash(gone)
    const written = statSync(kept).mtimeMs
    rmSync(gone)
    await write(root)
    expect(hash(gone)).toBe(before)
    expect(statSync(kept).mtimeMs).toBe(written)
  })

  it('does not mix with another seed or another data set', async () => {
    await expect(write(root, 2)).rejects.toThrow(
      /another seed, kind or version. Choose an empty folder/,
    )
    const other = mkdtempSync(join(tmpdir(), 'fame-other-'))
    mkdirSync(join(other, 'UCF-101'))
    await expect(write(other)).rejects.toThrow(/another data set. Choose an empty folder/)
    rmSync(other, { recursive: true })
  })

  it('says so when it cannot be written, and what to do', async () => {
    const file = join(root, 'a-file')
    writeFileSync(file, '')
    await expect(write(join(file, 'below'))).rejects.toThrow(/ENOTDIR.*choose a writable folder/)
  })

  it('says so when a writer fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fame-blocked-'))
    mkdirSync(join(folder, 'UCF-101-masks'))
    writeFileSync(join(folder, 'UCF-101-masks', 'Bounce'), 'no folder')
    await expect(write(folder)).rejects.toThrow(/Bounce.*choose a writable folder/s)
    rmSync(folder, { recursive: true })
  })

  it('ends when it is cancelled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fame-cancel-'))
    const controller = new AbortController()
    const cancelled = async (): Promise<void> => {
      for await (const event of writeSampleSet(folder, { signal: controller.signal })) {
        if (event.type === 'progress') controller.abort(new Error('Cancelled.'))
      }
    }
    await expect(cancelled()).rejects.toThrow('Cancelled.')
    expect(existsSync(join(folder, 'UCF-101', 'VerticalSwing'))).toBe(false)
    rmSync(folder, { recursive: true })
  })
})
