import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  addMethodPictures,
  methodPicturesFile,
  readMethodPictures,
} from '#main/store/method-pictures-file.ts'
import type { MadeClips } from '#main/trainer/methods/learner.ts'
import { hasPictures, MethodPreview } from '#main/trainer/telemetry/method-preview.ts'
import { drawPictures } from '#main/trainer/telemetry/method-raster.ts'
import { stripPng } from '#main/trainer/evaluation/strip.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fame-made-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Clips of one grey a frame: (10 clip + frame) / 100. */
function greys(shape: MadeClips['shape']): MadeClips {
  const [clips, frames, size] = shape
  const length = size * size * 3
  const data = new Float32Array(clips * frames * length)
  for (let i = 0; i < clips * frames; i++) {
    const grey = (10 * Math.floor(i / frames) + (i % frames)) / 100
    data.fill(grey, i * length, (i + 1) * length)
  }
  return { data, shape }
}

describe('the raster of pictures', () => {
  it('has a row for each row of each clip, and a column for each frame', async () => {
    const rows = new Map([
      ['past', greys([2, 3, 8, 8, 3])],
      ['next', greys([2, 1, 8, 8, 3])],
    ])
    const { pictures, strip } = drawPictures({ slots: [5, 0], rows }, 7, (slot) => `${slot}.avi`)
    expect(pictures).toEqual({
      step: 7,
      side: 8,
      frames: 3,
      rows: [
        { name: 'past', frames: 3 },
        { name: 'next', frames: 1 },
      ],
      clips: [{ video: '5.avi' }, { video: '0.avi' }],
    })
    const { data, info } = await sharp(stripPng(strip)).raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 24, height: 32, channels: 3 })
    const grey = (row: number, column: number): number =>
      data[((row * 8 + 4) * 24 + column * 8 + 4) * 3]
    expect([0, 1, 2].map((column) => grey(0, column))).toEqual([0, 3, 5])
    expect([0, 1, 2].map((column) => grey(2, column))).toEqual([26, 28, 31])
    expect([grey(1, 0), grey(3, 0)]).toEqual([0, 26])
  })

  it('makes large clips smaller by a whole factor, and long ones shorter', () => {
    const rows = new Map([['all', greys([1, 32, 224, 224, 3])]])
    const { pictures } = drawPictures({ slots: null, rows }, 1, String)
    expect(pictures).toMatchObject({ side: 112, frames: 16, clips: [{ video: null }] })
  })

  it('takes 4 MB at most, or one clip', () => {
    const clip = greys([4, 16, 112, 112, 3])
    const rows = new Map(['a', 'b', 'c'].map((name) => [name, clip]))
    const { pictures, strip } = drawPictures({ slots: [0, 1, 2, 3], rows }, 1, String)
    expect(pictures.clips).toHaveLength(2)
    expect(strip.data.length).toBeLessThan(4_000_000)
  })
})

describe('the pictures that a run keeps', () => {
  it.each([1, 10, 24, 25, 100, 4001])('are bounded in a run of %i steps', (total) => {
    const steps = Array.from({ length: total }, (_, i) => i + 1)
    const kept = steps.filter((step) => hasPictures(step, total))
    expect(kept[0]).toBe(1)
    expect(kept.at(-1)).toBe(total)
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(total, 12))
    expect(kept.length).toBeLessThanOrEqual(26)
  })

  it('are those of the steps that it has gone through, also where it went back', async () => {
    const made = (step: number) => {
      const rows = new Map([['all', greys([1, 1, 4, 4, 3])]])
      return drawPictures({ slots: null, rows }, step, String)
    }
    const add = async (step: number): Promise<number[]> => {
      const { pictures, strip } = made(step)
      const known = await readMethodPictures(folder)
      const list = await addMethodPictures(folder, known, pictures, stripPng(strip))
      expect(await readMethodPictures(folder)).toEqual(list)
      return list.map(({ step: of }) => of)
    }
    expect(await add(1)).toEqual([1])
    expect(await add(10)).toEqual([1, 10])
    expect(await add(20)).toEqual([1, 10, 20])
    expect(await add(10)).toEqual([1, 10])
    expect(existsSync(methodPicturesFile(folder, 20))).toBe(false)
    expect(readdirSync(join(folder, 'pictures')).sort()).toEqual([
      'pictures.json',
      'step-1.png',
      'step-10.png',
    ])
  })

  it('are none where their list is damaged', async () => {
    await addMethodPictures(
      folder,
      [],
      drawPictures({ slots: null, rows: new Map([['a', greys([1, 1, 4, 4, 3])]]) }, 1, String)
        .pictures,
      Buffer.alloc(1),
    )
    writeFileSync(join(folder, 'pictures', 'pictures.json'), '[{"step":')
    expect(await readMethodPictures(folder)).toEqual([])
  })
})

describe('a picture that cannot be made', () => {
  it('does not cost the run and is told of once', async () => {
    const warnings: string[] = []
    const sent: unknown[] = []
    let isFull = true
    const run = (of: () => unknown): unknown => of()
    const learner = {
      pictures() {
        if (isFull) throw new Error('There is no memory left.')
        return { slots: null, rows: new Map([['all', greys([1, 1, 4, 4, 3])]]) }
      },
    }
    const preview = new MethodPreview({
      ...{ engine: { scope: run, alone: run }, learner, folder, root: '/', total: 3 },
      videos: [],
      send: (message: unknown) => sent.push(message),
      warn: (message: string) => warnings.push(message),
    } as unknown as ConstructorParameters<typeof MethodPreview>[0])
    const batch = { views: [], videos: [] } as unknown as Parameters<MethodPreview['offer']>[0]
    const at = { step: 0, steps: 3, batch: 0, epoch: 0 }
    preview.offer(batch, at, 1)
    preview.offer(batch, at, 2)
    expect(warnings).toEqual([
      'The run goes on without the pictures of step 1: There is no memory left.',
    ])
    isFull = false
    preview.offer(batch, at, 3)
    await preview.close()
    expect(sent).toEqual([{ type: 'pictures', step: 3 }])
    expect((await readMethodPictures(folder)).map(({ step }) => step)).toEqual([3])
  })
})
