import type { Run, RunNotes } from '#shared/contract/runs.ts'
import type { Project } from '../store/project.ts'
import { writeRowCard } from '../store/row-card.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { forgetRun } from './queue/forget-run.ts'
import { hasEnded } from './queue/watch.ts'

/** What people keep of runs: names, notes, tags, and what they throw away. */
export class RunNotebook {
  private readonly project: Project

  constructor(project: Project) {
    this.project = project
  }

  /** @throws WorkbenchError when there is no such run. */
  note(id: number, change: Partial<RunNotes>): Run {
    const tags = change.tags && [...new Set(change.tags)].sort()
    const run = this.project.store.runs.change(id, { ...change, ...(tags && { tags }) })
    if (run.startedAt !== null) writeRowCard(this.project, 'runs', id)
    return run
  }

  /**
   * Puts runs that have ended into the trash, or takes them out of it. Nothing is deleted.
   * @throws WorkbenchError when one still runs; then none is moved.
   */
  trash(ids: readonly number[], trashed: boolean): Run[] {
    const { runs } = this.project.store
    const chosen = ids.map((id) => runs.get(id))
    const live = chosen.find(({ status }) => !hasEnded(status))
    if (trashed && live) {
      throw new WorkbenchError(`Run ${live.id} (${live.name}) is still running. Stop it first.`)
    }
    const trashedAt = trashed ? new Date().toISOString() : null
    for (const run of chosen) {
      const status = trashed && run.status === 'paused' ? 'stopped' : run.status
      runs.change(run.id, { trashedAt, status })
    }
    return runs.list()
  }

  /** Deletes what is in the trash, with checkpoints, metrics and evaluations, for good. */
  async emptyTrash(): Promise<Run[]> {
    const { runs, evaluations } = this.project.store
    const busy = new Set(
      evaluations
        .list()
        .filter(({ status }) => !hasEnded(status))
        .map(({ runId }) => runId),
    )
    for (const { id, trashedAt, status, imported } of runs.list()) {
      // One that was discarded may still be stopping, one that is imported has not all come.
      if (trashedAt === null || busy.has(id) || !hasEnded(status)) continue
      if (imported?.whole === false) continue
      await forgetRun(this.project, id)
    }
    return runs.list()
  }
}
