import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { entryPath } from '../entry-path.ts'
import { nodeBinary } from '../node-binary.ts'
import type { DecoderJob, FromDecoder, ToDecoder } from './decoder-protocol.ts'
import { OPEN_READERS } from './reader-cache-size.ts'
import { VideoError } from './video-error.ts'

/** Milliseconds that a new process has to load FFmpeg. */
const START_LIMIT = 60_000
/** Characters of its last words that are kept for the error message. */
const LAST_WORDS = 500

interface Current {
  id: number
  job: DecoderJob
  timeout: number
  resolve: (output: unknown) => void
  reject: (error: Error) => void
}

/** One place for a decoder process: started when a job comes, and again after a crash or a kill. */
export class DecoderChild {
  private child: ChildProcess | null = null
  private ready = false
  private current: Current | null = null
  private timer: NodeJS.Timeout | undefined
  private lastWords = ''
  private lastId = 0
  /** Least recently used first; mirrors what the process keeps open. */
  private paths: string[] = []

  get busy(): boolean {
    return this.current !== null
  }

  get pid(): number | null {
    return this.child?.pid ?? null
  }

  /** Has the process this video open? */
  knows(path: string): boolean {
    return this.paths.includes(path)
  }

  /**
   * Runs one job; only when not busy. After `timeout` milliseconds without a sign of life the
   * process is killed.
   * @throws VideoError of the job, or crashed or timeout
   */
  run(job: DecoderJob, timeout: number): Promise<unknown> {
    this.child ??= this.start()
    const { child } = this
    const id = ++this.lastId
    if (job.type !== 'probe') {
      this.paths = [...this.paths.filter((path) => path !== job.path), job.path].slice(
        -OPEN_READERS,
      )
    }
    keepAlive(child, true)
    return new Promise((resolve, reject) => {
      this.current = { id, job, timeout, resolve, reject }
      this.arm()
      child.send({ id, job } satisfies ToDecoder)
    })
  }

  /** Ends the process; a job in hand is rejected with `error`. */
  kill(error: VideoError): void {
    const { child } = this
    this.forget()
    child?.kill('SIGKILL')
    this.settle()?.reject(error)
  }

  private start(): ChildProcess {
    const child = fork(entryPath('decoder'), [], {
      execPath: nodeBinary(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
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
      if (this.current) this.arm()
      return
    }
    if (message.id !== this.current?.id) return
    if (message.type === 'progress') return this.arm()
    const current = this.settle()
    if (message.type === 'done') current?.resolve(message.output)
    else if (message.kind) current?.reject(new VideoError(message.kind, message.message))
    else current?.reject(new Error(message.message))
  }

  private ended(child: ChildProcess, how: string): void {
    if (child !== this.child) return
    const words = this.lastWords.trim()
    this.forget()
    const current = this.settle()
    current?.reject(
      new VideoError(
        'crashed',
        `The decoder process ended (${how}) while reading ${current.job.path}${words && `: ${words}`}. Try again; if it happens again, the file is damaged: copy or download it again.`,
      ),
    )
  }

  /** (Re)starts the clock of the job in hand. */
  private arm(): void {
    clearTimeout(this.timer)
    const { current, ready } = this
    if (!current) return
    const limit = ready ? current.timeout : START_LIMIT
    this.timer = setTimeout(() => {
      const { path } = current.job
      this.kill(
        new VideoError(
          'timeout',
          `Reading ${path} made no progress for ${limit / 1000} s and was stopped. Try again; if it happens again, the file is damaged: copy or download it again.`,
        ),
      )
    }, limit)
  }

  private settle(): Current | null {
    clearTimeout(this.timer)
    const { current, child } = this
    this.current = null
    if (child) keepAlive(child, false)
    return current
  }

  private forget(): void {
    this.child = null
    this.ready = false
    this.lastWords = ''
    this.paths = []
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
