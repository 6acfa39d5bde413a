import type { TrainingSetupState } from '#shared/contract/training-setup.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { SetupEvent } from './events.ts'
import { runSetupProgram, type RunSetup, type SetupRun } from './setup-process.ts'
import { SetupProgress } from './setup-progress.ts'

export interface TrainingSetupOptions {
  /** Where the set-up of a package writes to; empty in a clone. */
  folder?: string
  run?: RunSetup
  /** Called when TensorFlow has become available. */
  onReady?: () => void
}

type Known = Pick<TrainingSetupState, 'kind' | 'download' | 'disk'> & {
  state: 'missing' | 'outdated' | 'ready'
}

/**
 * Sets TensorFlow up from a package, whose own folder cannot be written to: the set-up of a clone does
 * it in a process of its own, for a folder of the user. In a clone it has nothing to do.
 */
export class TrainingSetup {
  private readonly folder: string
  private readonly run: RunSetup
  private readonly onReady: () => void
  private known: Promise<Known> | null = null
  private running: { run: SetupRun; progress: SetupProgress } | null = null
  private failure: TrainingSetupState['failure'] = null
  private notices: string[] = []
  private isCancelled = false

  constructor(options: TrainingSetupOptions = {}) {
    this.folder = options.folder ?? process.env.FAME_SETUP ?? ''
    this.run = options.run ?? runSetupProgram
    this.onReady = options.onReady ?? (() => undefined)
  }

  async state(): Promise<TrainingSetupState> {
    const empty = { folder: this.folder, progress: null, failure: this.failure }
    const shared = { ...empty, notices: this.notices }
    if (this.folder === '') return { ...shared, state: 'none', kind: 'cpu', download: 0, disk: 0 }
    this.known ??= this.ask()
    const known = await this.known
    if (this.running) {
      return { ...shared, ...known, state: 'running', progress: this.running.progress.value }
    }
    return { ...shared, ...known, state: this.failure ? 'failed' : known.state }
  }

  /** Begins, or goes on where the last one stopped. @throws WorkbenchError in a clone */
  async start(): Promise<TrainingSetupState> {
    if (this.folder === '') {
      throw new WorkbenchError('A clone sets TensorFlow up by itself. Run npm run setup.')
    }
    if (!this.running) this.begin()
    return this.state()
  }

  /** Ends it; what is done stays, and the next start goes on from there. */
  async cancel(): Promise<TrainingSetupState> {
    this.isCancelled = this.running !== null
    this.running?.run.cancel()
    await this.running?.run.ended
    return this.state()
  }

  async close(): Promise<void> {
    await this.cancel()
  }

  private begin(): void {
    this.failure = null
    this.notices = []
    this.isCancelled = false
    let step = ''
    let isDone = false
    const progress = new SetupProgress()
    const run = this.run([], (event) => {
      if (event.type === 'step') step = event.step
      if (event.type === 'phase') progress.hear(event.name, event.done, event.total)
      if (event.type === 'failure') this.hearFailure(step, event)
      if (event.type === 'done') isDone = true
    })
    const ended = run.ended.then((words) => {
      this.running = null
      this.known = null
      if (!isDone && !this.isCancelled && !this.failure) this.failure = brokenOff(words)
      this.onReady()
      return words
    })
    this.running = { run: { ...run, ended }, progress }
  }

  /** Training works without what is not TensorFlow itself. */
  private hearFailure(step: string, event: Extract<SetupEvent, { type: 'failure' }>): void {
    const { fact, remedy, details } = event
    if (step === 'tensorflow') this.failure = { fact, remedy, details }
    else this.notices.push(`${fact} Training works without this, more slowly. ${remedy}`)
  }

  private async ask(): Promise<Known> {
    let known: Known = { state: 'missing', kind: 'cpu', download: 0, disk: 0 }
    const run = this.run(['--check'], (event) => {
      if (event.type !== 'state') return
      const { available, complete, kind, download, disk } = event
      known = { state: stateOf({ available, complete }), kind, download, disk }
    })
    await run.ended
    return known
  }
}

function stateOf(found: { available: boolean; complete: boolean }): Known['state'] {
  if (!found.available) return 'missing'
  return found.complete ? 'ready' : 'outdated'
}

function brokenOff(words: string): NonNullable<TrainingSetupState['failure']> {
  return {
    fact: 'Set-up ended before it was done.',
    remedy: 'Choose “Set up training” again: it goes on where it stopped.',
    details: words,
  }
}
