import type { EvaluationEvent } from '#shared/contract/evaluations.ts'
import type { Progress, RunEvent } from '#shared/contract/runs.ts'
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../../workbench.ts'
import { interruption } from './jobs.ts'
import { progressView, type ProgressView } from './progress.ts'

export interface Following<Request> {
  project: string
  json: boolean
  request: Request
}

type Event = RunEvent | EvaluationEvent

/** Opens a project, which must be there, for some work and closes it again. */
export async function withWorkbench(
  project: string,
  use: (workbench: Workbench) => Promise<void>,
  options: Pick<WorkbenchOptions, 'workers'> = {},
): Promise<void> {
  const workbench = await openWorkbench({ project, host: 'cli', existing: true, ...options })
  try {
    await use(workbench)
  } finally {
    await workbench.close()
  }
}

/** Shows a job's events until it has ended; the first interruption asks it to stop. */
export async function following(
  queue: { stop(id: number): unknown; watch(id: number): AsyncIterable<Event> },
  id: number,
  report: (event: Event) => void = () => undefined,
): Promise<void> {
  const view = progressView()
  view.remark('Starting the trainer and loading TensorFlow …')
  const interrupted = interruption()
  const stop = (): void => {
    view.remark('Stopping. Press Ctrl-C again to quit at once.')
    queue.stop(id)
  }
  interrupted.addEventListener('abort', stop, { once: true })
  const shown = new ShownProgress(view)
  try {
    for await (const event of queue.watch(id)) {
      report(event)
      shown.take(event)
    }
  } finally {
    view.end()
  }
}

/** What stands beside the progress, as far as it is measured. */
const NOTED = ['loss', 'accuracy', 'top1', 'R@1']

/** Turns the events of a job into a line of progress with the newest scores beside it. */
export class ShownProgress {
  private readonly view: ProgressView
  /** What the steps of this phase have measured. */
  private measured: Record<string, number> = {}
  /** Of the test videos that are done. */
  private scores: Record<string, number> = {}
  private progress: Progress | null = null

  constructor(view: ProgressView) {
    this.view = view
  }

  take(event: Event): void {
    switch (event.type) {
      case 'warning':
        return this.view.remark(event.message)
      case 'metrics':
        for (const { name, value } of event.points) this.measured[name] = value
        return
      case 'partial':
        this.scores = event.partial.scores
        // The score of the last video may come after the last count; the first one, before the first.
        if (this.progress?.total === event.partial.total) this.update()
        return
      case 'progress':
        if (this.progress && event.progress.phase !== this.progress.phase) this.measured = {}
        this.progress = event.progress
        return this.update()
      default:
    }
  }

  private update(): void {
    if (this.progress) this.view.update({ ...this.progress, note: this.note() })
  }

  private note(): string {
    const latest: Record<string, number | undefined> = { ...this.measured, ...this.scores }
    return NOTED.flatMap((name) => {
      const value = latest[name]
      return value === undefined ? [] : `${name} ${value.toFixed(3)}`
    }).join(' ')
  }
}
