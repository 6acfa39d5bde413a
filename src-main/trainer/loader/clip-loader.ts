import { totalmem } from 'node:os'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import { viewsOf } from '#shared/methods/index.ts'
import type { ViewRole } from '#shared/methods/method.ts'
import type { ViewSpec } from '#shared/views/view-spec.ts'
import { addMasks, noMasks } from '../telemetry/mask-tally.ts'
import type { TrainerVideo } from '../process/messages.ts'
import { answersOf } from './answers.ts'
import { allocateBatch } from './batch-buffers.ts'
import type { BatchBuffers, BatchTask, BatchTaskResult, DecodedVideo } from './batch-task.ts'
import type { DecodedCacheOptions } from './decoded-cache.ts'
import { isMerged } from './draw-view.ts'
import { placesByVideo } from './places-by-video.ts'
import { planOptions, planStep, type PlanOptions, type StepPlan } from './plan.ts'
import { mostPlaces, planShare, type Borrowing, type Share, type SharedPlan } from './plan-share.ts'
import { ThreadPool } from './thread-pool.ts'
import { lendingView, planOfView } from './view-plan.ts'

/** What one micro-batch takes; it holds until the next batch is asked for. */
export interface Batch {
  /** The clips of each view; none of a view that is not made. */
  views: Float32Array[] // V x [B, T, S, S, 3]
  /** Which masks its clips got. */
  masks: MaskUse
  /** Places of the batch that this process takes, [B], and of those that lend them backgrounds, [L]. */
  plan: StepPlan
  /** The videos that were taken, by position in the list: another one where the plan's is damaged. */
  videos: Uint32Array // [B]
  /** The same of those that only lend backgrounds. */
  lenders: Uint32Array // [L]
  /** What was drawn of each video, one a view. */
  drawn: ViewSpec[][] // [B, V]
  /** What the method asks of each clip, one row a view; -1 where it asks nothing. */
  answers: Int32Array[] // V x [B]
  /** Clips of the first view before merging, floats in [0, 1], and their masks; null without merging. */
  cut: { clips: Float32Array; masks: Uint8Array } | null // [B, T, S, S, 3], [B, S, S]
}

type Prepared = Pick<Batch, 'masks' | 'plan' | 'videos' | 'lenders' | 'drawn' | 'answers'>

export interface KeptVideos {
  videos: number
  bytes: number
  room: number
}

export interface ClipLoaderOptions {
  /** Plain clips that are made of each video. Default: those that the run's method takes. */
  views?: number
  /** Places of the views that a micro-batch takes, counted from 0; null for all. Default all. */
  made?: (batch: number) => readonly number[] | null
  /** Which part of each batch is prepared. Default all of it. */
  share?: Share
  /** Absolute folder for decoded videos, as many as `config.decodedCache` allows. Default none. */
  decodedCache?: string
}

/** Decoded videos are kept up to this many bytes a machine: small data sets are then decoded once. */
const CACHE_BYTES = Math.min(2 * 2 ** 30, totalmem() / 8)

/**
 * Prepares batches in threads: decode, sample, crop, mask, merge, augment. Two batches are under
 * way or ready while the trainer works on none of them, so that it seldom waits.
 */
export class ClipLoader {
  private readonly order: PlanOptions
  private readonly config: PretrainConfig
  private readonly roles: readonly ViewRole[]
  private readonly share: Share
  private readonly borrowing: readonly Borrowing[]
  private readonly made: (batch: number) => readonly number[] | null
  private readonly warn: (message: string) => void
  private readonly pool: ThreadPool<BatchTask, BatchTaskResult>
  private readonly cache = new Map<number, DecodedVideo>()
  private readonly room: number
  private cachedBytes = 0
  private readonly warned = new Set<string>()

  /** @param warn told once of each video that cannot be read; another takes its place. */
  constructor(
    videos: TrainerVideo[],
    config: PretrainConfig,
    warn: (message: string) => void,
    { views, made = () => null, decodedCache, share = ALONE }: ClipLoaderOptions = {},
  ) {
    this.made = made
    this.roles = views === undefined ? viewsOf(config) : plainRoles(views)
    this.share = share
    this.room = CACHE_BYTES / (share.neighbours ?? 1)
    this.borrowing = borrowingOf(config, this.roles)
    this.order = planOptions(config, videos, this.roles.length)
    this.config = config
    this.warn = warn
    this.pool = new ThreadPool({
      name: 'prepareBatch',
      threads: config.loaderThreads,
      videos: videos.map(({ path, frames, beta, windows }) => ({ path, frames, beta, windows })),
      decodedCache: diskCache(config, decodedCache),
    })
  }

  /**
   * The batches of steps `from` to `to - 1`, the same ones in every run with the same seed.
   * @throws Error when no video can be read.
   */
  async *batches(from: number, to: number): AsyncGenerator<Batch> {
    const { config, roles, share, borrowing } = this
    const all = mostPlaces(config.batch, share, borrowing)
    const places = { own: config.batch / share.size, all }
    const sets = [0, 1].map(() => allocateBatch(config, roles, places))
    const pending: Promise<Prepared>[] = []
    const start = (step: number): void => {
      const ready = this.prepare(step, sets[step % sets.length])
      // A failure counts when its batch is due, not before.
      ready.catch(() => {})
      pending.push(ready)
    }
    for (let step = from; step < Math.min(to, from + sets.length); step++) start(step)
    for (let step = from; step < to; step++) {
      const prepared = await pending.shift()!
      const { out, raw, masks } = sets[step % sets.length]
      const made = this.made(step)
      const isMade = (view: number): boolean => made?.includes(view) ?? true
      const cut =
        raw[0] && masks[0] && isMade(0)
          ? { clips: new Float32Array(raw[0]), masks: new Uint8Array(masks[0]) }
          : null
      const views = out.map((clips, view) =>
        isMade(view) ? new Float32Array(clips) : new Float32Array(0),
      )
      yield { views, cut, ...prepared }
      if (step + sets.length < to) start(step + sets.length)
    }
  }

  /** Decoded videos that are kept so far, what they take, and what there is for them, in bytes. */
  get kept(): KeptVideos {
    return { videos: this.cache.size, bytes: this.cachedBytes, room: this.room }
  }

  /** Ends the threads; unfinished batches are dropped. */
  async close(): Promise<void> {
    await this.pool.close()
  }

  private async prepare(step: number, buffers: BatchBuffers): Promise<Prepared> {
    new Int32Array(buffers.barrier)[0] = 0
    const plan = planShare(planStep(step, this.order), this.share, this.borrowing)
    const tasks = this.split(plan, buffers)
    const results = await Promise.all(tasks.map((task) => this.pool.run(task)))
    const used = noMasks()
    const all = plan.videos.slice()
    const every = Array.from(all, (): ViewSpec[] => [])
    for (const { decoded, warnings, masks, taken } of results) {
      addMasks(used, masks)
      for (const { slot, video, views } of taken) {
        all[slot] = video
        every[slot] = views
      }
      for (const item of decoded) this.keep(item.video, item.decoded)
      for (const message of warnings) this.warnOnce(message)
    }
    const drawn = every.slice(0, plan.own)
    const answers = answersOf(drawn, this.roles.length)
    const [videos, lenders] = [all.subarray(0, plan.own), all.subarray(plan.own)]
    return { masks: used, plan, videos, lenders, drawn, answers }
  }

  private split(plan: SharedPlan, buffers: BatchBuffers): BatchTask[] {
    const { config, roles, cache } = this
    const views = roles.length
    const slots = Array.from(plan.videos, (video, slot) => ({
      slot,
      video,
      seeds: [...plan.seeds.subarray(views * slot, views * (slot + 1))],
      partners: plan.partners.map((partners) => partners[slot]),
      lends: slot < plan.own ? null : plan.lends[slot],
      decoded: cache.get(video) ?? null,
    }))
    // Places of one video go to one thread, which decodes it once for all of them.
    const groups = placesByVideo(slots)
    const chunks = Math.min(config.loaderThreads, groups.length)
    const keep = this.cachedBytes < this.room
    return Array.from({ length: chunks }, (_, chunk) => ({
      config,
      roles,
      made: this.made(plan.step),
      buffers,
      chunks,
      keep,
      slots: groups.filter((_, i) => i % chunks === chunk).flat(),
    }))
  }

  private keep(video: number, decoded: DecodedVideo): void {
    if (this.cache.has(video) || this.cachedBytes + decoded.data.byteLength > this.room) return
    this.cache.set(video, decoded)
    this.cachedBytes += decoded.data.byteLength
  }

  private warnOnce(message: string): void {
    if (!this.warned.has(message)) this.warn(message)
    this.warned.add(message)
  }
}

const ALONE: Share = { rank: 0, size: 1 }

/** The views whose backgrounds come from other videos. */
function borrowingOf(config: PretrainConfig, roles: readonly ViewRole[]): Borrowing[] {
  return [...roles.keys()]
    .filter((view) => {
      const { background } = planOfView(config, view, roles).config
      return isMerged(config, view, roles) && (background === 'inter' || background === 'static')
    })
    .map((view) => ({ view, partnersOf: lendingView(roles, view) }))
}

function plainRoles(views: number): ViewRole[] {
  return Array.from({ length: views }, (_, i) => ({ name: `${i}`, label: '', meaning: '' }))
}

function diskCache({ decodedCache }: PretrainConfig, folder?: string): DecodedCacheOptions | null {
  if (folder === undefined || decodedCache === 0) return null
  return { folder, limit: decodedCache * 2 ** 30, since: Date.now() }
}
