import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HOW_TO_INSTALL } from '../collective/mpi/how-to-install.ts'
import type { HostLine } from '../process/host-line.ts'
import type { FromTrainer, ToTrainer, TrainerJob } from '../process/messages.ts'
import { hearMessages, sendMessage } from '../process/socket-line.ts'
import { mpirunArguments, mpirunEnvironment } from './mpirun.ts'
import { whatDied, type MpirunEnd } from './what-died.ts'

export interface StarterOptions {
  /** Absolute path of the trainer's program. */
  entry: string
  workers: number
  restarts: number
}

type Final = Extract<FromTrainer, { type: 'done' | 'stopped' | 'failed' }>

/** How one start of the ranks ended. */
interface Session {
  /** Rank 0's last word. */
  last: Final | null
  /** Whether rank 0 has come up. */
  hasBegun: boolean
  end: MpirunEnd
}

/** Characters of the error output that are kept. */
const TAIL = 4000

/** Starts the ranks, passes on what host and rank 0 say, and starts them again. */
export class Starter {
  private readonly host: HostLine
  private readonly options: StarterOptions
  private readonly folder = mkdtempSync(join(tmpdir(), 'fame-starter-'))
  private job: TrainerJob | null = null
  private stopping = false
  private leader: Socket | null = null
  private session: Pick<Session, 'last' | 'hasBegun'> = { last: null, hasBegun: false }

  constructor(host: HostLine, options: StarterOptions) {
    this.host = host
    this.options = options
  }

  /** Asks rank 0 for a checkpoint and a clean end of all. */
  stop(): void {
    this.stopping = true
    if (this.leader) sendMessage(this.leader, { type: 'stop' } satisfies ToTrainer)
  }

  /** @returns the exit code */
  async run(): Promise<number> {
    const server = await this.listen()
    try {
      this.job = await this.receiveJob()
      const last = this.job ? await this.train() : ({ type: 'stopped', step: 0 } as const)
      if (last) await new Promise<void>((resolve) => this.host.send(last, resolve))
      return last === null || last.type === 'failed' ? 1 : 0
    } finally {
      this.host.close()
      server.close()
      rmSync(this.folder, { recursive: true, force: true })
    }
  }

  private receiveJob(): Promise<TrainerJob | null> {
    return new Promise((resolve) => {
      const leave = (): void => {
        this.stop()
        resolve(null)
      }
      this.host.listen(
        (message) => (message.type === 'stop' ? leave() : resolve(message.job)),
        leave,
      )
      this.host.send({ type: 'ready', pid: process.pid })
    })
  }

  /** @returns the last word; null where ranks were lost after a stop, so that there is none */
  private async train(): Promise<Final | null> {
    const { restarts } = this.options
    for (let used = 0; ; used++) {
      const { last, hasBegun, end } = await this.start()
      if (last && !(last.type === 'failed' && last.lost)) return last
      if (this.stopping) return null
      const what = last?.type === 'failed' ? last.message : whatDied(end)
      if (!hasBegun) return { type: 'failed', message: `The ranks could not be started. ${what}` }
      if (used === restarts) return { type: 'failed', message: `${what} ${spent(restarts)}` }
      const message = `${what} All ranks start again from the last checkpoint (restart ${used + 1} of ${restarts}).`
      this.host.send({ type: 'restarted', message })
      if (this.job?.kind === 'pretrain') this.job = { ...this.job, resume: true }
    }
  }

  /** Starts all ranks once and waits until they are gone. */
  private async start(): Promise<Session> {
    this.session = { last: null, hasBegun: false }
    const { workers, entry } = this.options
    const command = [process.execPath, entry]
    const mpirun = spawn('mpirun', mpirunArguments({ workers, command }), {
      env: { ...mpirunEnvironment(), FAME_STARTER: this.socket },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const end = await endOf(mpirun)
    this.leader?.destroy()
    this.leader = null
    return { ...this.session, end }
  }

  private get socket(): string {
    return join(this.folder, 'socket')
  }

  private async listen(): Promise<Server> {
    const server = createServer((socket) => {
      this.leader = socket
      socket.on('error', () => undefined)
      hearMessages(socket, (message) => this.hear(socket, message as FromTrainer))
    })
    server.listen(this.socket)
    await once(server, 'listening')
    return server
  }

  private hear(leader: Socket, message: FromTrainer): void {
    switch (message.type) {
      case 'ready': {
        this.session.hasBegun = true
        this.host.send({ type: 'leader', pid: message.pid })
        const job = this.stopping ? null : this.job
        sendMessage(leader, (job ? { type: 'start', job } : { type: 'stop' }) satisfies ToTrainer)
        return
      }
      case 'done':
      case 'stopped':
      case 'failed':
        this.session.last = message
        return
      default:
        this.host.send(message)
    }
  }
}

async function endOf(mpirun: ChildProcess): Promise<MpirunEnd> {
  let words = ''
  mpirun.stdout?.pipe(process.stdout, { end: false })
  mpirun.stderr?.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk)
    words = (words + chunk.toString()).slice(-TAIL)
  })
  try {
    const [code, signal] = (await once(mpirun, 'close')) as [number | null, string | null]
    return { code, signal, words }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      code: null,
      signal: null,
      words: `mpirun cannot be run (${reason}). ${HOW_TO_INSTALL}`,
    }
  }
}

function spent(restarts: number): string {
  if (restarts === 0) return 'The last checkpoint is kept; --restarts lets a run go on by itself.'
  return `All ${restarts} restarts are used. The last checkpoint is kept.`
}
