import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { MinedEvent, MinedRequest } from '#shared/contract/mined-positives.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { Trials } from '../runs/trials/trials.ts'
import type { Project } from '../store/project.ts'

/** Asks the trainer what a run's method takes as positives of a clip. */
export class MinedPositivesService {
  private readonly project: Project
  private readonly trials: Pick<Trials, 'run'>

  constructor(project: Project, trials: Pick<Trials, 'run'>) {
    this.project = project
    this.trials = trials
  }

  /**
   * Ends after `mined`; leaving early ends the trainer.
   * @throws WorkbenchError while the trainer is busy, and for a run that mines none or has no checkpoint
   */
  async *find(
    { runId, batch, slot }: MinedRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<MinedEvent, void, undefined> {
    const { store, flowFolder: flowCache } = this.project
    const { config, datasetId } = store.runs.get(runId)
    const dataset = store.datasets.get(datasetId)
    const folder = this.project.runFolder(runId)
    const file = join(folder, 'videos.jsonl')
    if (!existsSync(file)) throw new WorkbenchError('The run has not started yet.')
    if (slot >= config.batch) throw new WorkbenchError(`A batch has ${config.batch} videos.`)
    const videos = { file, root: dataset.folder }
    const job = { kind: 'mine', folder, config, videos, flowCache, batch, slot } as const
    const news = this.trials.run(job, signal)
    try {
      for (;;) {
        const { value, done } = await news.next()
        if (done) {
          if (value.type === 'failed') throw new WorkbenchError(value.message)
          return
        }
        if (value.type === 'progress') yield { type: 'progress', progress: value.progress }
        if (value.type !== 'mined') continue
        const { positives, ...found } = value.found
        const named = positives.map(({ label, ...positive }) => ({
          ...positive,
          class: dataset.classes[label] ?? null,
        }))
        yield { type: 'mined', mined: { ...found, positives: named } }
      }
    } finally {
      await news.return({ type: 'stopped' })
    }
  }
}
