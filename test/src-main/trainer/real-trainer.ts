import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { entryPath } from '#main/base/processes/entry-path.ts'
import type {
  FromTrainer,
  PretrainJob,
  ToTrainer,
  TrainerJob,
} from '#main/trainer/process/messages.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from './tiny-videos.ts'

type Say = (message: ToTrainer) => void

/**
 * Real trainer processes on a tiny set, for one test file: each test has a folder of its own. Call it
 * at the top of the file.
 */
export class RealTrainer {
  set!: TinySet
  folder = ''
  child: ChildProcess | null = null
  /** A whole run of `pretrainJob()`, made once: its folder, which tests copy, and what it said. */
  finished!: { folder: string; messages: FromTrainer[] }

  /** @param finishes whether the tests need `finished` */
  constructor({ finishes = true } = {}) {
    // Every test starts processes that load TensorFlow, which takes long on a loaded machine.
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })
    const makeFolder = (): string => (this.folder = mkdtempSync(join(tmpdir(), 'fame-run-')))
    beforeAll(async () => {
      this.set = await writeTinySet(8)
      if (!finishes) return
      const folder = makeFolder()
      this.finished = { folder, messages: await this.train(this.pretrainJob()) }
    })
    afterAll(() => {
      this.set.remove()
      if (finishes) rmSync(this.finished.folder, { recursive: true, force: true })
    })
    beforeEach(() => void makeFolder())
    afterEach(() => {
      this.child?.kill('SIGKILL')
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  /** Runs a job in a real trainer process, as the host does. */
  async train(
    job: TrainerJob,
    onMessage: (message: FromTrainer, say: Say) => void = () => undefined,
    entry = entryPath('trainer'),
  ): Promise<FromTrainer[]> {
    const trainer = fork(entry, [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.child = trainer
    const messages: FromTrainer[] = []
    const say: Say = (message) => void trainer.send(message)
    trainer.on('message', (message: FromTrainer) => {
      messages.push(message)
      if (message.type === 'ready') say({ type: 'start', job })
      onMessage(message, say)
    })
    // The last messages come before the channel closes.
    await Promise.all([once(trainer, 'exit'), once(trainer, 'disconnect')])
    return messages
  }

  copyFinishedRun(): void {
    cpSync(this.finished.folder, this.folder, { recursive: true })
  }

  pretrainJob(values: Partial<PretrainJob['config']> = {}): PretrainJob {
    return {
      kind: 'pretrain',
      folder: this.folder,
      config: tinyConfig({ epochs: 3, ...values }),
      videos: listVideos(this.set),
      resume: true,
    }
  }
}
