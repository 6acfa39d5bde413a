import { plannedSteps } from '#shared/config/steps.ts'
import { miningOf, type MiningPhase } from '#shared/methods/mining.ts'
import { loadNewestCheckpoint } from '../checkpoint/checkpoints.ts'
import { loadEngine } from '../engine/load.ts'
import { ClipLoader, type Batch } from '../loader/clip-loader.ts'
import type { VideoPlace } from '../loader/one-video.ts'
import { readVideoList } from '../loader/video-list.ts'
import { sourcesOf } from '../loader/video-sources.ts'
import { createLearner } from '../methods/index.ts'
import type { Learner, Miner } from '../methods/learner.ts'
import { announce } from '../process/announce.ts'
import type { HostPort } from '../process/host-port.ts'
import type { FoundPositive, FromTrainer, MiningJob, TrainerVideo } from '../process/messages.ts'

/** Clips that are judged at most: the newest of the queue. */
const CANDIDATES = 1024

/** A clip with what the network that mines makes of it. */
interface JudgedClip extends VideoPlace {
  /** Position in the list of videos. */
  video: number
  /** At unit length, [D]. */
  embedding: Float32Array
}

/**
 * Finds the positives that a run's method mines for a clip, with the networks of its newest checkpoint,
 * among the clips that its queue has then: those of the batches before.
 * @returns the last message for the host
 * @throws Error where the method mines none, or there is no checkpoint
 */
export async function mine(job: MiningJob, port: HostPort): Promise<FromTrainer> {
  const { config } = job
  const engine = await loadEngine(config.precision)
  announce(engine, (message) => port.send(message))
  const learner = createLearner(engine, config)
  const { videos } = readVideoList(job.videos)
  const warn = (message: string): void => port.send({ type: 'warning', message })
  const loader = new ClipLoader(videos, config, warn)
  try {
    const step = restore(learner, job.folder)
    const mining = miningOf(config, step, plannedSteps(config, videos.length))
    const { miner } = learner
    if (!mining || !miner) throw new Error('This run mines no positives.')
    const judge = judgeWith(miner, mining, loader, port)
    const anchor = (await judge(job.batch, job.batch + 1)).at(job.slot)
    const end = step * config.accumulate
    const batches = Math.ceil(Math.min(CANDIDATES, mining.queue) / config.batch)
    const entries = await judge(Math.max(0, end - batches), end)
    if (!anchor || port.stopRequested) return { type: 'stopped', step: 0 }
    const others = entries.filter(({ batch, slot }) => batch !== job.batch || slot !== job.slot)
    const positives = positivesOf(miner, anchor, others, videos)
    const { label: phase, view } = mining
    const found = { step, phase, view, candidates: others.length, positives }
    port.send({ type: 'mined', found })
    return { type: 'done' }
  } finally {
    await loader.close()
    learner.dispose()
  }
}

/** @returns steps that the checkpoint has */
function restore(learner: Learner, folder: string): number {
  const saved = loadNewestCheckpoint(folder)
  if (!saved || saved.step === 0) {
    throw new Error('The run has no checkpoint yet. Try again after its first one.')
  }
  learner.loadState(saved.tensors)
  return saved.step
}

/** Gives the clips of batches `from` to `to - 1`, judged; none once the host has asked to stop. */
function judgeWith(
  miner: Miner,
  { name, view }: MiningPhase,
  loader: ClipLoader,
  port: HostPort,
): (from: number, to: number) => Promise<JudgedClip[]> {
  return async (from, to) => {
    const judged: JudgedClip[] = []
    for await (const batch of loader.batches(from, to)) {
      judged.push(...clipsOf(batch, miner.judge(batch.views[view], name)))
      await port.breathe()
      if (port.stopRequested) return []
    }
    return judged
  }
}

/** @param embeddings [B, D] */
function clipsOf({ plan, videos }: Batch, embeddings: Float32Array): JudgedClip[] {
  const length = embeddings.length / videos.length
  return Array.from(videos, (video, slot) => {
    const embedding = embeddings.slice(slot * length, (slot + 1) * length)
    return { batch: plan.step, slot, video, embedding }
  })
}

/** The entries that the method takes as positives of a clip, the most similar first. */
function positivesOf(
  miner: Miner,
  anchor: JudgedClip,
  entries: readonly JudgedClip[],
  videos: readonly TrainerVideo[],
): FoundPositive[] {
  const sources = sourcesOf(videos)
  const source = sources[anchor.video]
  const similarity = Float32Array.from(entries, ({ embedding }) =>
    embedding.reduce((sum, value, d) => sum + value * anchor.embedding[d], 0),
  )
  const entrySources = entries.map(({ video }) => sources[video])
  const chosen = miner.choose({ similarity, source, entrySources })
  const wanted = videos[anchor.video].label
  const positives = entries.flatMap(({ batch, slot, video }, i): FoundPositive[] => {
    if (!chosen[i]) return []
    const { label } = videos[video]
    const isRight = label < 0 || wanted < 0 ? null : label === wanted
    const isSameSource = entrySources[i] === source
    return [{ batch, slot, label, similarity: similarity[i], isSameSource, isRight }]
  })
  return positives.toSorted((a, b) => b.similarity - a.similarity)
}
