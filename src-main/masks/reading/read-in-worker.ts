import { fork, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { MaskFileFormat } from '#shared/contract/mask-files.ts'
import { entryPath } from '../../base/processes/entry-path.ts'
import { nodeBinary } from '../../base/processes/node-binary.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { checkInput } from '../../base/files/input-file.ts'
import { MOST_MEMORY } from '../formats/limits.ts'
import type { FromReader, PackedRow, ReadingTask, ToReader } from './reader-protocol.ts'

/** Milliseconds between two looks at how much memory the process has. */
const LOOK_EVERY = 200
/** The share of its memory that JavaScript's own objects may take; buffers lie beside them. */
const HEAP_SHARE = 0.6
const MIB = 2 ** 20

export interface ReadingLimits {
  /** Bytes of the process. */
  memory: number
  /** Milliseconds without a sign of life. */
  silence: number
}

const LIMITS: ReadingLimits = { memory: MOST_MEMORY, silence: 60_000 }

export type ReadPiece = { format: MaskFileFormat } | { rows: PackedRow[] }

/**
 * Reads a file of masks in a process of its own: first its format, then its rows, piece by piece.
 * When `signal` aborts, the process is killed at once and the pieces end.
 * @throws WorkbenchError when the file as a whole cannot be read, or goes beyond a limit
 */
export async function* readApart(
  task: ReadingTask,
  signal?: AbortSignal,
  limits: ReadingLimits = LIMITS,
): AsyncGenerator<ReadPiece, void, undefined> {
  if (signal?.aborted) return
  // What is plain to see is refused without starting a process.
  await checkInput(task.file)
  const reader = new ReaderProcess(task, limits)
  const stop = () => reader.end(null)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      const message = await reader.next()
      if (message === null || message.type === 'end') return
      yield message.type === 'format' ? { format: message.format } : { rows: message.rows }
      reader.acknowledge()
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    reader.end(null)
  }
}

type Piece = Extract<FromReader, { type: 'format' | 'rows' | 'end' }>

/** One reading process, with its limits. */
class ReaderProcess {
  private readonly child: ChildProcess
  private readonly file: string
  private readonly limits: ReadingLimits
  private readonly looks: NodeJS.Timeout
  private silence: NodeJS.Timeout
  private heard = Promise.withResolvers<Piece | null>()
  private ended = false

  constructor(task: ReadingTask, limits: ReadingLimits) {
    this.file = task.file
    this.limits = limits
    const heap = Math.ceil((limits.memory * HEAP_SHARE) / MIB)
    this.child = fork(entryPath('mask-reader'), [], {
      execPath: nodeBinary(),
      execArgv: [`--max-old-space-size=${heap}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    // What ends the process is noticed when the next piece is asked for.
    this.heard.promise.catch(() => undefined)
    this.child.on('message', (message: FromReader) => this.receive(message))
    this.child.on('error', (error) => this.end(this.endedEarly(error.message)))
    this.child.on('exit', (code, signal) => this.exited(code, signal))
    this.silence = this.listen()
    this.looks = setInterval(() => void this.look(), LOOK_EVERY)
    this.send({ type: 'task', task })
  }

  /** The next piece; null once the process was ended on purpose. */
  async next(): Promise<Piece | null> {
    return await this.heard.promise
  }

  /** Lets the process go on after a piece. */
  acknowledge(): void {
    if (this.ended) return
    this.heard = Promise.withResolvers()
    this.heard.promise.catch(() => undefined)
    this.send({ type: 'next' })
  }

  /** Kills the process. @param error what `next` throws; null lets it end quietly */
  end(error: Error | null): void {
    if (this.ended) return
    this.ended = true
    clearTimeout(this.silence)
    clearInterval(this.looks)
    this.child.kill('SIGKILL')
    // A piece that waits to be taken is given up.
    this.settle(error)
  }

  private settle(error: Error | null): void {
    const { resolve, reject } = this.heard
    if (error) reject(error)
    else resolve(null)
    this.heard = Promise.withResolvers()
    this.heard.promise.catch(() => undefined)
    if (error) this.heard.reject(error)
    else this.heard.resolve(null)
  }

  private receive(message: FromReader): void {
    if (this.ended) return
    clearTimeout(this.silence)
    this.silence = this.listen()
    if (message.type === 'alive') return
    if (message.type !== 'failed') return this.heard.resolve(message)
    const { message: text, known } = message
    this.end(known ? new WorkbenchError(text) : new Error(text))
  }

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    // V8 aborts a process whose objects need more than it may have.
    const isFull = signal === 'SIGABRT' || code === 134
    this.end(isFull ? this.tooLarge() : this.endedEarly(signal ?? `exit code ${code}`))
  }

  private async look(): Promise<void> {
    const bytes = await memoryOf(this.child.pid)
    if (bytes !== null && bytes > this.limits.memory) this.end(this.tooLarge())
  }

  private listen(): NodeJS.Timeout {
    return setTimeout(() => {
      const seconds = this.limits.silence / 1000
      this.end(
        new WorkbenchError(
          `Reading ${this.file} made no progress for ${seconds} s and was stopped. ` +
            'Export the file again in smaller pieces.',
        ),
      )
    }, this.limits.silence)
  }

  private send(message: ToReader): void {
    // A process that has just ended cannot be written to; its exit says why.
    this.child.send(message, () => undefined)
  }

  private tooLarge(): WorkbenchError {
    const limit = Math.round(this.limits.memory / MIB)
    return new WorkbenchError(
      `Reading ${this.file} needs more than ${limit} MB of memory and was stopped. ` +
        'Split the file into several, such as one for each class.',
    )
  }

  private endedEarly(how: string): WorkbenchError {
    return new WorkbenchError(
      `The process that reads ${this.file} ended early (${how}). Try again. If it happens again, ` +
        'export the file again in smaller pieces.',
    )
  }
}

/** Bytes that a process has in memory; null where the system does not say. */
async function memoryOf(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}
