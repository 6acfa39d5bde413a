// @module-tag tensorflow
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import type { CarryJob, FromTrainer } from '#main/trainer/process/messages.ts'
import { RealTrainer } from '../real-trainer.ts'
import { tinyConfig } from '../tiny-videos.ts'

const trainer = new RealTrainer()
const [WIDTH, HEIGHT] = [48, 36]

/** The square of the tiny set's first video, which goes right by a pixel a frame. */
const square = (t: number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)]
    return Number(x >= 4 + t && x < 16 + t && y >= 12 && y < 24)
  })
const packed = (mask: Uint8Array) => packRuns(encodeRuns(mask))

function jobOf(values: Partial<CarryJob> = {}): CarryJob {
  return {
    kind: 'carry',
    folder: trainer.folder,
    config: trainer.pretrainJob().config,
    video: join(trainer.set.folder, 'v_0.avi'),
    protocol: 'dino',
    indices: [2, 4, 6, 8, 10, 12, 14],
    from: 3,
    mask: packed(square(8)),
    fixed: [],
    ...values,
  }
}
const carriedOf = (messages: readonly FromTrainer[]) =>
  messages.filter((message) => message.type === 'carried')
function overlap(a: Uint8Array, b: Uint8Array): number {
  const both = a.reduce((sum, value, i) => sum + (value & b[i]), 0)
  return both / a.reduce((sum, value, i) => sum + (value | b[i]), 0)
}
const maskOf = (mask: Uint8Array) => decodeRuns(unpackRuns(mask), WIDTH * HEIGHT)

describe('a mask carried by the features of a run', () => {
  it.each(['dino', 'crw'] as const)('stays on its object both ways, by %s', async (protocol) => {
    trainer.copyFinishedRun()
    const job = jobOf({ protocol })
    const messages = await trainer.train(job)
    expect(messages.at(-1)).toEqual({ type: 'done' })
    const carried = carriedOf(messages)
    // The nearest frames come first, forwards and backwards by turns.
    expect(carried.map(({ place }) => place)).toEqual([4, 2, 5, 1, 6, 0])
    for (const { place, carried: one } of carried) {
      expect(overlap(maskOf(one.mask), square(job.indices[place]))).toBeGreaterThan(0.8)
      expect(one.overlap).toBeNull()
      expect(one.agreement).toBeGreaterThan(0)
    }
    expect(carriedOf(await trainer.train(job))).toEqual(carried)
  })

  it('is told from masks drawn by hand, which are carried on', async () => {
    trainer.copyFinishedRun()
    const nothing = packed(new Uint8Array(WIDTH * HEIGHT))
    const fixed = [{ place: 5, mask: nothing }]
    const carried = carriedOf(await trainer.train(jobOf({ fixed })))
    const at = (wanted: number) => carried.find(({ place }) => place === wanted)!.carried
    expect(at(5).overlap).toBe(0)
    expect(maskOf(at(5).mask)).toContain(1)
    expect(maskOf(at(6).mask)).not.toContain(1)
    expect(maskOf(at(0).mask)).toContain(1)
  })

  it('stops between two frames, and needs a checkpoint and an encoder of colours', async () => {
    trainer.copyFinishedRun()
    const stopped = await trainer.train(jobOf(), (message, say) => {
      if (message.type === 'carried') say({ type: 'stop' })
    })
    expect(stopped.at(-1)).toEqual({ type: 'stopped', step: 0 })
    expect(carriedOf(stopped).length).toBeLessThan(6)
    const flow = await trainer.train(
      jobOf({ config: tinyConfig({ modality: 'flow', merge: 'none' }) }),
    )
    expect(flow.at(-1)).toMatchObject({ type: 'failed' })
    rmSync(join(trainer.folder, 'checkpoints'), { recursive: true })
    const none = await trainer.train(jobOf())
    expect(none.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('no checkpoint') as string,
    })
  })
})
