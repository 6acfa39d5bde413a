import { availableParallelism } from 'node:os'
import { DecoderChild } from './decoder-child.ts'
import { isNear } from './decoder-protocol.ts'
import type {
  DecoderJob,
  DecoderJobs,
  DecoderJobType,
  FramePicture,
  PictureFormat,
} from './decoder-protocol.ts'
import type { VideoProbe } from './probe.ts'
import type { RgbFrames } from './reader.ts'
import { VideoError } from './video-error.ts'

export interface DecoderPoolOptions {
  /** Decoder processes at most. Default: one for every two cores, at least 2 and at most 4. */
  size?: number
  /** Jobs that may wait; one more is refused. Default 512. */
  queueLimit?: number
  /** The processes give way to others. Default false. */
  background?: boolean
}

export interface JobOptions {
  /** Drops the job when it is still waiting; a running one stops between two frames. */
  signal?: AbortSignal
  /**
   * Milliseconds without progress after which the decoder is killed. Default 30,000; for a probe
   * 10,000. Probes alone show progress; other jobs have this time in all.
   */
  timeout?: number
}

interface Waiting {
  job: DecoderJob
  timeout: number
  signal: AbortSignal | undefined
  /** How often a later job went first. */
  overtaken: number
  resolve: (output: unknown) => void
  reject: (error: Error) => void
}

const PROBE_TIMEOUT = 10_000
const JOB_TIMEOUT = 30_000
/** A job is overtaken by jobs for an open video at most so often. */
const PATIENCE = 8

/**
 * Decoder processes for the host, which itself never decodes. Every method rejects with a
 * VideoError: that of the video, or crashed, timeout, cancelled or busy.
 */
export class DecoderPool {
  private readonly children: DecoderChild[]
  private readonly queueLimit: number
  private queue: Waiting[] = []
  private closed = false

  constructor({ size, queueLimit = 512, background = false }: DecoderPoolOptions = {}) {
    const count = size ?? Math.min(4, Math.max(2, Math.floor(availableParallelism() / 2)))
    this.children = Array.from({ length: count }, () => new DecoderChild(background))
    this.queueLimit = queueLimit
  }

  /** Decoder processes at most. */
  get size(): number {
    return this.children.length
  }

  /** Process ids of the decoders that run. */
  get pids(): number[] {
    return this.children.flatMap(({ pid }) => pid ?? [])
  }

  /**
   * A file that is no video gives a probe with an error, not a rejection. With `verify` the whole
   * video is decoded.
   */
  probe(
    path: string,
    { verify = false, ...options }: JobOptions & { verify?: boolean } = {},
  ): Promise<VideoProbe> {
    return this.run('probe', { path, verify }, { timeout: PROBE_TIMEOUT, ...options })
  }

  /** The named frames, in the order given. */
  frames(path: string, indices: number[], options?: JobOptions): Promise<RgbFrames> {
    return this.run('frames', { path, indices }, options)
  }

  /** JPEG of a frame from the middle, `width` pixels wide. */
  thumbnail(
    path: string,
    { width = 256, ...options }: JobOptions & { width?: number } = {},
  ): Promise<Uint8Array> {
    return this.run('thumbnail', { path, width }, options)
  }

  /**
   * JPEG of one frame, `width` pixels wide or at full size. With `near` it may be that of another
   * frame: rather than decode long, the nearest one to hand is given.
   */
  frameJpeg(
    path: string,
    index: number,
    options?: JobOptions & { width?: number; near?: boolean },
  ): Promise<FramePicture> {
    return this.picture(path, index, 'jpeg', options)
  }

  /** PNG of one frame, `width` pixels wide or at full size, then with every value kept. */
  async framePng(
    path: string,
    index: number,
    options?: JobOptions & { width?: number },
  ): Promise<Uint8Array> {
    return (await this.picture(path, index, 'png', options)).bytes
  }

  /** Does a job of any kind, also one that another service has added to `DecoderJobs`. */
  run<K extends DecoderJobType>(
    type: K,
    input: DecoderJobs[K]['input'],
    { signal, timeout = JOB_TIMEOUT }: JobOptions = {},
  ): Promise<DecoderJobs[K]['output']> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const job = { type, ...input } as DecoderJob
    const waiting: Waiting = { job, timeout, signal, overtaken: 0, resolve, reject }
    const refusal = this.refusal(signal)
    if (refusal) {
      reject(refusal)
    } else {
      const cancel = () => this.cancel(waiting)
      signal?.addEventListener('abort', cancel, { once: true })
      const done = () => signal?.removeEventListener('abort', cancel)
      promise.then(done, done)
      this.enqueue(waiting)
      this.dispatch()
    }
    return promise as Promise<DecoderJobs[K]['output']>
  }

  /** Ends the processes; what waits or runs is rejected. */
  close(): void {
    this.closed = true
    for (const waiting of this.queue.splice(0)) waiting.reject(closedError())
    for (const child of this.children) child.kill(closedError())
  }

  private picture(
    path: string,
    index: number,
    format: PictureFormat,
    { width, near = false, ...options }: JobOptions & { width?: number; near?: boolean } = {},
  ): Promise<FramePicture> {
    return this.run('picture', { path, index, format, width: width ?? null, near }, options)
  }

  private refusal(signal: AbortSignal | undefined): VideoError | null {
    if (this.closed) return closedError()
    if (signal?.aborted) return cancelledError()
    if (this.queue.length < this.queueLimit) return null
    return new VideoError(
      'busy',
      `${this.queue.length} pictures are already waiting to be decoded. Try again in a moment.`,
    )
  }

  /** Somebody waits for a picture, nobody for a single probe: pictures go first. */
  private enqueue(waiting: Waiting): void {
    const probes = this.queue.findIndex(({ job }) => job.type === 'probe')
    const at = waiting.job.type === 'probe' || probes < 0 ? this.queue.length : probes
    this.queue.splice(at, 0, waiting)
  }

  private cancel(waiting: Waiting): void {
    this.queue = this.queue.filter((other) => other !== waiting)
    waiting.reject(cancelledError())
  }

  private dispatch(): void {
    for (const waiting of this.queue.filter(({ job }) => isNear(job))) this.dispatchNear(waiting)
    for (const child of this.children) {
      if (this.queue.length === 0) return
      if (child.busy) continue
      const waiting = this.take(child)
      if (waiting) void this.work(child, waiting)
    }
  }

  private dispatchNear(waiting: Waiting): void {
    const { path } = waiting.job
    const ranked = this.children.flatMap((child) => {
      const rank = child.nearRank(path)
      return rank === null ? [] : [{ child, rank }]
    })
    const [best] = ranked.toSorted((a, b) => a.rank - b.rank)
    if (!best) return
    this.queue = this.queue.filter((other) => other !== waiting)
    void this.work(best.child, waiting)
  }

  /**
   * The oldest job whose video this process has open, else the oldest that no idle one has open.
   * Pictures of one video come from one process: the next frame is mostly beside the last.
   */
  private take(child: DecoderChild): Waiting | null {
    const others = this.children.filter((other) => other !== child)
    const queue = this.queue.filter(
      ({ job }) =>
        !isNear(job) &&
        !(job.type === 'picture' && others.some((other) => other.isShowing(job.path))),
    )
    const [oldest] = queue
    if (!oldest) return null
    const idle = others.filter((other) => !other.busy)
    const known = queue.find(({ job }) => child.knows(job.path))
    const fresh = queue.find(({ job }) => !idle.some((other) => other.knows(job.path)))
    const chosen = oldest.overtaken >= PATIENCE ? oldest : (known ?? fresh)
    if (!chosen) return null
    if (chosen !== oldest) oldest.overtaken++
    this.queue = this.queue.filter((other) => other !== chosen)
    return chosen
  }

  private async work(child: DecoderChild, waiting: Waiting): Promise<void> {
    try {
      waiting.resolve(await child.run(waiting.job, waiting.timeout, waiting.signal))
    } catch (error) {
      waiting.reject(error instanceof Error ? error : new Error(String(error)))
    }
    this.dispatch()
  }
}

function cancelledError(): VideoError {
  return new VideoError('cancelled', 'The request was cancelled.')
}

function closedError(): VideoError {
  return new VideoError(
    'cancelled',
    'The workbench is closing, so nothing is decoded. Start it again.',
  )
}
