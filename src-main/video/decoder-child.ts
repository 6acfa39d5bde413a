import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { constants, getPriority, setPriority } from 'node:os'
import { entryPath } from '../base/processes/entry-path.ts'
import { nodeBinary } from '../base/processes/node-binary.ts'
import { isNear } from './decoder-protocol.ts'
import type { DecoderJob, FromDecoder, ToDecoder } from './decoder-protocol.ts'
import { OPEN_READERS } from './reader-cache-size.ts'
import { VideoError } from './video-error.ts'

/** Milliseconds that a new process has to load FFmpeg. */
const START_LIMIT = 60_000
/** How much nicer than the host a decoder in the background is. */
const COURTESY = 10
/** Characters of its last words that are kept for the error message. */
const LAST_WORDS = 500

/** Milliseconds after which a process that goes on with a cancelled job is killed. */
const CANCEL_LIMIT = 3000

interface Current {
  id: number
  job: DecoderJob
  /** Milliseconds without a sign of life after which the process is killed. */
  limit: number
  timer?: NodeJS.Timeout
  resolve: (output: unknown) => void
  reject: (error: Error) => void
}

/** One place for a decoder process: started when a job comes, and again after a crash or a kill. */
export class DecoderChild {
  private readonly background: boolean
  private child: ChildProcess | null = null
  private ready = false
  /** The jobs in hand by their ids: one, and a near picture. */
  private readonly jobs = new Map<number, Current>()
  private lastWords = ''
  private lastId = 0
  /** Least recently used first; mirrors what the process keeps open. */
  private paths: string[] = []

  /** In the background, the process gives way to others. */
  constructor(background: boolean) {
    this.background = background
  }

  /** Has it a job, near pictures aside? */
  get busy(): boolean {
    return this.current.some(({ job }) => !isNear(job))
  }

  get pid(): number | null {
    return this.child?.pid ?? null
  }

  /** Has the process this video open? */
  knows(path: string): boolean {
    return this.paths.includes(path)
  }

  /** Is a picture of this video in hand? The next one then costs least here. */
  isShowing(path: string): boolean {
    return this.current.some(({ job }) => job.type === 'picture' && job.path === path)
  }

  /**
   * How well a near picture of a video would do here: 0 at once, 1 between the frames of the job in
   * hand, 2 once the video is open; null not now.
   */
  nearRank(path: string): 0 | 1 | 2 | null {
    if (this.current.some(({ job }) => isNear(job))) return null
    if (!this.busy) return this.knows(path) ? 0 : 2
    const sliced = this.current.every(({ job }) => job.type === 'picture')
    return sliced && this.knows(path) ? 1 : null
  }

  /**
   * Runs one job; only when not busy, a near picture where `nearRank` gives one. After `limit`
   * milliseconds without a sign of life the process is killed. When `signal` aborts, the process is
   * told, and killed if it goes on for long.
   * @throws VideoError of the job, or crashed or timeout
   */
  run(job: DecoderJob, limit: number, signal?: AbortSignal): Promise<unknown> {
    this.child ??= this.start()
    const { child } = this
    const id = ++this.lastId
    if (job.type !== 'probe') {
      this.paths = [...this.paths.filter((path) => path !== job.path), job.path].slice(
        -OPEN_READERS,
      )
    }
    keepAlive(child, true)
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const current: Current = { id, job, limit, resolve, reject }
    this.jobs.set(id, current)
    this.arm(current)
    child.send({ type: 'job', id, job } satisfies ToDecoder)
    const cancel = () => this.cancel(current)
    signal?.addEventListener('abort', cancel, { once: true })
    return promise.finally(() => signal?.removeEventListener('abort', cancel))
  }

  /** Ends the process; what it has in hand is rejected with `error`. */
  kill(error: VideoError): void {
    const { child } = this
    this.forget()
    child?.kill('SIGKILL')
    this.rejectAll(() => error)
  }

  private get current(): Current[] {
    return [...this.jobs.values()]
  }

  private cancel(current: Current): void {
    current.limit = Math.min(current.limit, CANCEL_LIMIT)
    this.arm(current)
    this.child?.send({ type: 'cancel', id: current.id } satisfies ToDecoder)
  }

  private start(): ChildProcess {
    const child = fork(entryPath('decoder'), [], {
      execPath: nodeBinary(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    if (this.background && child.pid !== undefined) yieldTo(child.pid)
    child.on('message', (message: FromDecoder) => this.receive(child, message))
    child.on('error', (error) => this.ended(child, error.message))
    child.on('exit', (code, signal) => this.ended(child, signal ?? `exit code ${code}`))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS)
    })
    return child
  }

  private receive(child: ChildProcess, message: FromDecoder): void {
    if (child !== this.child) return
    if (message.type === 'ready') {
      this.ready = true
      for (const current of this.current) this.arm(current)
      return
    }
    const current = this.jobs.get(message.id)
    if (!current) return
    if (message.type === 'progress') return this.arm(current)
    this.settle(current)
    if (message.type === 'done') current.resolve(message.output)
    else if (message.kind) current.reject(new VideoError(message.kind, message.message))
    else current.reject(new Error(message.message))
  }

  private ended(child: ChildProcess, how: string): void {
    if (child !== this.child) return
    const words = this.lastWords.trim()
    this.forget()
    this.rejectAll(
      ({ job }) =>
        new VideoError(
          'crashed',
          `The decoder process ended (${how}) while reading ${job.path}${words && `: ${words}`}. Try again; if it happens again, the file is damaged: copy or download it again.`,
        ),
    )
  }

  /** (Re)starts the clock of a job. */
  private arm(current: Current): void {
    clearTimeout(current.timer)
    const limit = this.ready ? current.limit : START_LIMIT
    current.timer = setTimeout(() => {
      const { path } = current.job
      this.kill(
        new VideoError(
          'timeout',
          `Reading ${path} made no progress for ${limit / 1000} s and was stopped. Try again; if it happens again, the file is damaged: copy or download it again.`,
        ),
      )
    }, limit)
  }

  private settle({ id, timer }: Current): void {
    clearTimeout(timer)
    this.jobs.delete(id)
    if (this.child && this.jobs.size === 0) keepAlive(this.child, false)
  }

  private rejectAll(reason: (current: Current) => Error): void {
    for (const current of this.current) {
      this.settle(current)
      current.reject(reason(current))
    }
  }

  private forget(): void {
    this.child = null
    this.ready = false
    this.lastWords = ''
    this.paths = []
  }
}

/** Lets other processes go first. Where that is not allowed, the decoder works all the same. */
function yieldTo(pid: number): void {
  try {
    setPriority(pid, Math.min(constants.priority.PRIORITY_LOW, getPriority() + COURTESY))
  } catch {
    return
  }
}

/** An idle decoder must not keep the host from ending. */
function keepAlive(child: ChildProcess, alive: boolean): void {
  const { stderr, channel } = child
  const act = alive ? 'ref' : 'unref'
  child[act]()
  channel?.[act]()
  if (stderr instanceof Socket) stderr[act]()
}
