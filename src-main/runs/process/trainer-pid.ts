import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Patience } from './hang-detector.ts'

/** Time between two looks at a trainer that is about to leave, in ms. */
const LOOK_EVERY = 100

/**
 * Remembers a project's trainer across a crash of the host. The trainer outlives its host by the
 * time it needs for a checkpoint; the next one must not read that checkpoint before it is whole.
 */
export class TrainerPid {
  private readonly file: string
  private readonly entry: string

  /** @param entry absolute path of the trainer's program. */
  constructor(file: string, entry: string) {
    this.file = file
    this.entry = entry
  }

  remember(pid: number): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true })
      writeFileSync(this.file, `${pid}\n`)
    } catch {
      // A full disk costs the wait after a crash, and must not leave a trainer without its host.
    }
  }

  forget(): void {
    rmSync(this.file, { force: true })
  }

  /**
   * Resolves when the trainer of an earlier host has left, when it has stood still for `grace` ms,
   * or on `signal`.
   */
  async left(grace: number, signal: AbortSignal): Promise<void> {
    const pid = this.living()
    if (pid === null) return
    const patience = new Patience(pid, grace)
    while (this.living() === pid && !patience.isOver && !signal.aborted) await delay(LOOK_EVERY)
  }

  /** Number of the remembered trainer, null when it has left. */
  private living(): number | null {
    try {
      const pid = Number(readFileSync(this.file, 'utf8'))
      if (!Number.isInteger(pid) || pid <= 0) return null
      process.kill(pid, 0)
      return process.platform !== 'linux' || this.isTrainer(pid) ? pid : null
    } catch {
      return null
    }
  }

  /** The number may long belong to another process. */
  private isTrainer(pid: number): boolean {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.entry)
  }
}
