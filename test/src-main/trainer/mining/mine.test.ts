// @module-tag tensorflow
import { describe, expect, it } from 'vitest'
import { loadNewestCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { planOptions, planStep } from '#main/trainer/loader/plan.ts'
import type { FromTrainer, MiningJob, PretrainJob } from '#main/trainer/process/messages.ts'
import { presetOf } from '#shared/config/presets.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { RealTrainer } from '../real-trainer.ts'

const trainer = new RealTrainer()
const [BATCH, QUEUE, TOP] = [4, 8, 3]

/** Ten epochs of two steps, on tiny clips, of which the last ones mine. */
function jobOf(values: Record<string, unknown> = {}): PretrainJob {
  const preset = presetOf({ recipe: 'sample', method: 'coclr', merge: 'none', size: 'cpu' })
  const tiny = { frames: 4, size: 24, batch: BATCH, epochs: 10, precision: 'float32', knnEvery: 0 }
  const own = { queue: QUEUE, topK: TOP, cycles: 1, aloneShare: 0.4, ...values }
  return { ...trainer.pretrainJob(), config: completeConfig({ ...preset.values, ...tiny, ...own }) }
}

async function mine(job: PretrainJob, batch: number, slot: number): Promise<FromTrainer[]> {
  const { folder, config, videos } = job
  const mining: MiningJob = { kind: 'mine', folder, config, videos, batch, slot }
  return trainer.train(mining)
}

describe('positives that a method mines', () => {
  it('are those of the queue in the checkpoint, by the embeddings that it has there', async () => {
    const job = jobOf()
    expect((await trainer.train(job)).at(-1)).toEqual({ type: 'done' })
    const { tensors, step } = loadNewestCheckpoint(trainer.folder)!
    const columns = tensors.get('mining.oracle.queue')! // [D, K]
    const [pointer] = tensors.get('mining.oracle.pointer')!.data
    const keyOf = (at: number): number[] => {
      const column = (((pointer - 1 - at) % QUEUE) + QUEUE) % QUEUE
      return Array.from({ length: columns.shape[0] }, (_, d) => columns.data[d * QUEUE + column])
    }
    // The clip is the newest of the queue, the others are counted back from there.
    const anchor = keyOf(0)
    const cosines = Array.from({ length: QUEUE - 1 }, (_, i) => {
      const key = keyOf(i + 1)
      const back = i + 1
      const batch = step - 1 - Math.floor(back / BATCH)
      const slot = BATCH - 1 - (back % BATCH)
      return { batch, slot, cosine: key.reduce((sum, value, d) => sum + value * anchor[d], 0) }
    })
    const expected = cosines.toSorted((a, b) => b.cosine - a.cosine).slice(0, TOP)

    const messages = await mine(job, step - 1, BATCH - 1)
    const answer = messages.find((message) => message.type === 'mined')
    expect(answer?.found).toMatchObject({ step, view: 1, candidates: QUEUE - 1 })
    expect(answer?.found.phase).toContain('Flow mines')
    const positives = answer?.found.positives ?? []
    expect(positives.map(({ batch, slot }) => ({ batch, slot }))).toEqual(
      expected.map(({ batch, slot }) => ({ batch, slot })),
    )
    positives.forEach(({ similarity }, i) => {
      expect(similarity).toBeCloseTo(expected[i].cosine, 4)
    })
    // The tiny set has two classes, by turns.
    const options = planOptions(job.config, trainer.set.videos, 4)
    const classOf = (batch: number, slot: number): number =>
      planStep(batch, options).videos[slot] % 2
    for (const { batch, slot, label, isRight, isSameSource } of positives) {
      expect(label).toBe(classOf(batch, slot))
      expect(isRight).toBe(label === classOf(step - 1, BATCH - 1))
      expect(isSameSource).toBe(false)
    }
    expect(messages.at(-1)).toEqual({ type: 'done' })
  })

  it('need a checkpoint, and a run that mines', async () => {
    const fresh = await mine(jobOf(), 0, 0)
    expect(fresh.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('no checkpoint yet') as string,
    })
    trainer.copyFinishedRun()
    const other = await mine(trainer.pretrainJob(), 0, 0)
    expect(other.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('mines no positives') as string,
    })
  })
})
