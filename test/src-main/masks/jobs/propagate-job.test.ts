import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CarriedMask } from '#shared/contract/propagation.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import { carryMaskAlong } from '#main/masks/jobs/propagate-job.ts'
import type { CarryRequest } from '#main/masks/jobs/mask-protocol.ts'
import { VideoReader } from '#main/video/reader.ts'
import { writeVideo } from '#main/video/writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'fame-carry-'))
const [WIDTH, HEIGHT, FRAMES] = [120, 80, 12]

/** A disc moves by 3 pixels a frame over a textured ground. */
const truth = (t: number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    Number(Math.hypot((i % WIDTH) - 30 - 3 * t, Math.floor(i / WIDTH) - 40) < 16),
  )
function picture(t: number): Uint8Array {
  const mask = truth(t)
  return Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => {
    const [i, c] = [Math.floor(at / 3), at % 3]
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)]
    if (mask[i] === 1) return c === 0 ? 210 : 60 + 30 * Math.sin(0.3 * (x - 3 * t))
    return 110 + 50 * Math.sin(0.4 * x + c) * Math.cos(0.3 * y)
  })
}
const packed = (mask: Uint8Array) => packRuns(encodeRuns(mask))

function overlap(a: Uint8Array, b: Uint8Array): number {
  const both = a.reduce((sum, value, i) => sum + (value & b[i]), 0)
  return both / a.reduce((sum, value, i) => sum + (value | b[i]), 0)
}

describe('carrying a mask along the frames of a video', () => {
  let reader: VideoReader
  beforeAll(async () => {
    const file = join(folder, 'disc.avi')
    const size = { width: WIDTH, height: HEIGHT, fps: 25, codec: 'mpeg4', quality: 3 } as const
    await writeVideo(
      file,
      size,
      Array.from({ length: FRAMES }, (_, t) => picture(t)),
    )
    reader = VideoReader.open(file)
  })
  afterAll(() => {
    reader.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** All steps of the work, and how many there were. */
  function carried(request: CarryRequest): { masks: CarriedMask[]; steps: number } {
    const work = carryMaskAlong(reader, request)
    for (let steps = 0; ; steps++) {
      const { done, value } = work.next()
      if (done) return { masks: value, steps }
    }
  }
  const maskOf = ({ mask }: CarriedMask) => decodeRuns(unpackRuns(mask), WIDTH * HEIGHT)

  it.each([
    ['forwards', [2, 3, 4, 5, 6]],
    ['backwards', [9, 8, 7, 6, 5]],
    ['over frames that are left out', [2, 4, 6]],
  ])('keeps it on the object %s', (_, indices) => {
    const { masks, steps } = carried({ indices, mask: packed(truth(indices[0])), fixed: [] })
    expect(masks).toHaveLength(indices.length - 1)
    // One for reading, one a frame.
    expect(steps).toBe(indices.length)
    masks.forEach((one, i) => {
      expect(overlap(maskOf(one), truth(indices[i + 1]))).toBeGreaterThan(0.9)
      expect(one.overlap).toBeNull()
      expect(one.agreement).toBeGreaterThan(0.3)
    })
  })

  it('tells how it differs from a mask drawn by hand, and goes on from that', () => {
    const hand = new Uint8Array(WIDTH * HEIGHT)
    const { masks } = carried({
      indices: [2, 3, 4],
      mask: packed(truth(2)),
      fixed: [{ index: 3, mask: packed(hand) }],
    })
    expect(masks[0].overlap).toBe(0)
    expect(overlap(maskOf(masks[0]), truth(3))).toBeGreaterThan(0.9)
    expect(maskOf(masks[1]).includes(1)).toBe(false)
  })
})
