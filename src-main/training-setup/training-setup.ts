import type { TrainingSetupState } from '#shared/contract/training-setup.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { SetupEvent } from './events.ts'
import { runSetupProgram, type RunSetup, type SetupRun } from './setup-process.ts'
import { SetupProgress } from './setup-progress.ts'

export interface TrainingSetupOptions {
  /** Where the set-up of a package writes to; empty in a clone. */
  folder?: string
  run?: RunSetup
  /** Called when a set-up has ended, however: what was known of TensorFlow may be true no more. */
  onEnded?: () => void
}

type Failure = NonNullable<TrainingSetupState['failure']>
type Known = Pick<
  TrainingSetupState,
  'state' | 'available' | 'kind' | 'hasKnownHash' | 'download' | 'disk'
>
type Found = Extract<SetupEvent, { type: 'state' }>

const nothing = {
  available: false,
  kind: 'cpu',
  hasKnownHash: false,
  download: 0,
  disk: 0,
} as const

/** What a failure of a step costs that training does not need; of any other step it is a failure. */
const consequences: Record<string, string> = {
  kernels: 'Training works without the kernels, more slowly.',
  registry:
    'Training works without this: a kernel that TensorFlow lacks is found only when it is needed.',
}

/**
 * Sets TensorFlow up from a package, whose own folder cannot be written to: the set-up of a clone does
 * it in a process of its own, for a folder of the user. In a clone it has nothing to do.
 */
export class TrainingSetup {
  private readonly folder: string
  private readonly run: RunSetup
  private readonly onEnded: () => void
  private known: Promise<Known & { failure?: Failure }> | null = null
  private asking: SetupRun | null = null
  private running: { run: SetupRun; progress: SetupProgress } | null = null
  private failure: Failure | null = null
  private notices: string[] = []
  private isCancelled = false

  constructor(options: TrainingSetupOptions = {}) {
    this.folder = options.folder ?? process.env.FAME_SETUP ?? ''
    this.run = options.run ?? runSetupProgram
    this.onEnded = options.onEnded ?? (() => undefined)
  }

  async state(): Promise<TrainingSetupState> {
    const empty = { folder: this.folder, progress: null, failure: this.failure }
    const shared = { ...empty, notices: this.notices }
    if (this.folder === '') return { ...shared, ...nothing, state: 'none' }
    this.known ??= this.ask()
    const known = await this.known
    if (this.running) {
      const { progress } = this.running
      return { ...known, ...shared, state: 'running', progress: progress.value }
    }
    const { failure } = this
    return { ...shared, ...known, ...(failure && { state: 'failed', failure }) }
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
    await this.end()
    return this.state()
  }

  /** Ends whatever runs, also the question what there is. */
  async close(): Promise<void> {
    this.asking?.cancel()
    await Promise.all([this.asking?.ended, this.end()])
  }

  get isRunning(): boolean {
    return this.running !== null
  }

  private async end(): Promise<void> {
    this.isCancelled = this.running !== null
    this.running?.run.cancel()
    await this.running?.run.ended
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
      if (event.type === 'warning') this.notices.push(event.text)
      if (event.type === 'failure') this.hearFailure(step, event)
      if (event.type === 'done') isDone = true
    })
    const ended = run.ended.then((words) => {
      this.running = null
      this.known = null
      if (!isDone && !this.isCancelled && !this.failure) this.failure = brokenOff(words)
      this.onEnded()
      return words
    })
    this.running = { run: { ...run, ended }, progress }
  }

  private hearFailure(step: string, event: Extract<SetupEvent, { type: 'failure' }>): void {
    const { fact, remedy, details } = event
    if (step in consequences) this.notices.push(`${fact} ${consequences[step]} ${remedy}`)
    else this.failure = { fact, remedy, details }
  }

  /** Asks what there is. A question without an answer is asked again the next time. */
  private async ask(): Promise<Known & { failure?: Failure }> {
    const heard: { found?: Found; reason?: string } = {}
    this.asking = this.run(['--check'], (event) => {
      if (event.type === 'state') heard.found = event
      if (event.type === 'failure') heard.reason = `${event.fact} ${event.details}`
    })
    const words = await this.asking.ended
    this.asking = null
    if (heard.found) return knownFrom(heard.found)
    this.known = null
    return { ...nothing, state: 'unchecked', failure: unanswered(heard.reason ?? words) }
  }
}

function knownFrom(found: Found): Known {
  const { available, kind, hasKnownHash, download, disk } = found
  return { state: stateOf(found), available, kind, hasKnownHash, download, disk }
}

function stateOf({ supported, available, complete }: Found): Known['state'] {
  if (!available) return supported ? 'missing' : 'unsupported'
  return complete ? 'ready' : 'outdated'
}

function unanswered(words: string): Failure {
  return {
    fact: 'Whether training is set up could not be found out.',
    remedy: 'Start the workbench again, or choose “Set up training”, which checks everything.',
    details: words,
  }
}

function brokenOff(words: string): Failure {
  return {
    fact: 'Set-up ended before it was done.',
    remedy: 'Choose “Set up training” again: it goes on where it stopped.',
    details: words,
  }
}
