import { resolve } from 'node:path'
import type { ExportRunEvent, ImportRunEvent } from '#shared/contract/run-folders.ts'
import type { Run } from '#shared/contract/runs.ts'
import { OneAtATime } from '../../base/async/sharing.ts'
import type { Project } from '../../store/project.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { addEvaluations, type AddEvaluationsEvent } from './add-evaluations.ts'
import { findDataset, lacksVideos } from './datasets.ts'
import { exportPlace, exportRunFolder } from './export-folder.ts'
import { importRunFolder } from './import-folder.ts'
import { renumberVideos } from './video-numbers.ts'

type Exporting = AsyncGenerator<ExportRunEvent, void, undefined>

/** Runs as folders that go from one project to another. */
export class RunFolders {
  private readonly project: Project
  /** Two of one run would choose the same place. */
  private readonly exports = new OneAtATime('A run is being exported. Wait until that ends.')
  private readonly imports = new OneAtATime('A run is being imported. Wait until that ends.')

  constructor(project: Project) {
    this.project = project
  }

  /**
   * Writes a run into the project's exports.
   * @throws as `exportRunFolder`, and while another one is exported
   */
  export(id: number, signal?: AbortSignal): AsyncIterable<ExportRunEvent> {
    return this.exports.run(() => this.intoExports(id, signal), signal)
  }

  /** @throws as `importRunFolder`, and while another one is imported */
  import(folder: string, signal?: AbortSignal): AsyncIterable<ImportRunEvent> {
    return this.imports.run(() => importRunFolder(this.project, resolve(folder), signal), signal)
  }

  /** @throws as `addEvaluations`, and while a run is imported */
  addEvaluations(
    run: Run,
    folder: string,
    signal?: AbortSignal,
  ): AsyncIterable<AddEvaluationsEvent> {
    return this.imports.run(
      () => addEvaluations(this.project, run, resolve(folder), signal),
      signal,
    )
  }

  /**
   * Looks for the videos of an imported run that could not go on so far, and ties it to the data set
   * that has them.
   * @throws WorkbenchError when there is no such run, or no data set has all of them
   */
  async settle(id: number): Promise<Run> {
    const { runs, transfer } = this.project.store
    const { imported, datasetId } = runs.get(id)
    if (!imported?.missing) return runs.get(id)
    const { missing } = imported
    const found = await findDataset(this.project.store, missing.name, this.project.runFolder(id))
    if (found === null) throw new WorkbenchError(lacksVideos(id, missing))
    transfer.moveRun(id, datasetId, found)
    transfer.dropUnused(datasetId)
    for (const evaluation of this.project.store.evaluations.list()) {
      if (evaluation.runId !== id || evaluation.datasetId !== found) continue
      const folder = this.project.evaluationFolder(evaluation.id)
      await renumberVideos(this.project.store, found, folder)
    }
    return runs.change(id, { imported: { ...imported, missing: null } })
  }

  private async *intoExports(id: number, signal: AbortSignal | undefined): Exporting {
    const place = await exportPlace(this.project, this.project.store.runs.get(id))
    yield* exportRunFolder(this.project, id, place, signal)
  }
}
