import { createReadStream, existsSync } from 'node:fs'
import { access, copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isImported } from '#shared/config/presets.ts'
import type { Doctor } from '#shared/contract/doctor.ts'
import type { Reproduction, RunDifference } from '#shared/contract/reproduction.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Project } from '../../store/project.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import type { ListedVideo } from '../../trainer/process/messages.ts'
import { machineDifferences } from './differences.ts'
import { hashOf } from '../folder/checksums.ts'
import { madeWith } from './provenance.ts'
import { listPlannedVideos } from '../queue/planned-run.ts'
import type { RunQueue } from '../queue/run-queue.ts'
import { trialFolder } from '../trials/trial-folder.ts'

/** Files looked for at a time. */
const AT_ONCE = 64

/** Starts runs again as they were: settings, seed and the very list of videos. */
export class Reproductions {
  private readonly project: Project
  private readonly runs: RunQueue
  private readonly doctor: () => Promise<Doctor>

  constructor(project: Project, runs: RunQueue, doctor: () => Promise<Doctor>) {
    this.project = project
    this.runs = runs
    this.doctor = doctor
  }

  /**
   * What is not as it was; starts nothing.
   * @throws WorkbenchError when there is no such run, or no training to repeat
   */
  async plan(id: number): Promise<Reproduction> {
    const run = this.repeatable(id)
    const list = this.listOf(id)
    const hasList = existsSync(list)
    const now = await madeWith(run.config.model, hasList ? await hashOf(list) : '')
    const differences = [
      ...machineDifferences(run, now, await this.doctor()),
      ...(hasList ? this.listDifference(run, now.videos) : []),
      ...(await this.indexDifference(run, hasList ? now.videos : null)),
      ...(hasList ? await this.missingFiles(run, list) : []),
    ]
    return { id, differences, hasList }
  }

  /**
   * Queues the run again, with its own list of videos where that is there. What differs is written
   * into its notes.
   * @throws WorkbenchError as `plan`, and where the list cannot be copied
   */
  async start(id: number): Promise<Run> {
    const { store } = this.project
    const { differences, hasList } = await this.plan(id)
    const { name, config, datasetId, totalSteps, tags, corrections } = store.runs.get(id)
    const again = { name: `${name}, again`.slice(0, 200), config, datasetId, totalSteps, tags }
    // Held back until its list is there: without one, it would be listed again.
    const run = store.runs.add({ ...again, status: 'stopped' })
    try {
      if (hasList) await this.copyList(id, run.id)
    } catch (error) {
      store.runs.delete(run.id)
      await rm(this.project.runFolder(run.id), { recursive: true, force: true })
      const { message } = error as Error
      throw new WorkbenchError(`The list of videos of run ${id} cannot be copied (${message}).`)
    }
    const made = hasList ? await madeWith(config.model, await hashOf(this.listOf(run.id))) : null
    const notes = noteOf(id, differences)
    store.runs.change(run.id, { notes, ...(made && { madeWith: made, corrections }) })
    return this.runs.resume(run.id)
  }

  private repeatable(id: number): Run {
    const run = this.project.store.runs.get(id)
    if (!isImported(run)) return run
    throw new WorkbenchError(
      `Run ${id} (${run.name}) has imported weights, so there is no training to repeat. ` +
        'Import the file again instead.',
    )
  }

  private listOf(id: number): string {
    return join(this.project.runFolder(id), 'videos.jsonl')
  }

  private async copyList(from: number, to: number): Promise<void> {
    await mkdir(this.project.runFolder(to), { recursive: true })
    await copyFile(this.listOf(from), this.listOf(to))
  }

  private listDifference({ madeWith: was }: Run, is: string | null): RunDifference[] {
    if (!was?.videos || !is || was.videos === is) return []
    const meaning = 'The list of videos was changed by hand, so the clips and their order differ.'
    return [{ what: 'list', was: short(was.videos), is: short(is), meaning }]
  }

  /** Whether the data set, as it is indexed now, would give the same list. @param kept the one it has */
  private async indexDifference(run: Run, kept: string | null): Promise<RunDifference[]> {
    const was = run.madeWith?.videos ?? kept
    if (!was) return []
    const { store } = this.project
    const folder = await trialFolder(this.project)
    try {
      const planned = { config: run.config, dataset: store.datasets.get(run.datasetId) }
      const file = join(folder, 'videos.jsonl')
      const { videos, sha256 } = await listPlannedVideos(this.project, planned, file)
      if (sha256 === was) return []
      const meaning = kept
        ? 'The index or the corrections have changed since then. The new run uses the old list of videos.'
        : 'The old list of videos no longer exists. A new list has other clips in another order.'
      return [{ what: 'index', was: short(was), is: `${videos} videos, ${short(sha256)}`, meaning }]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  private async missingFiles({ datasetId }: Run, list: string): Promise<RunDifference[]> {
    const root = this.project.store.datasets.get(datasetId).folder
    let [all, missing] = [0, 0]
    let group: Promise<void>[] = []
    for await (const line of createInterface({ input: createReadStream(list) })) {
      const { path } = JSON.parse(line) as ListedVideo
      all++
      group.push(access(join(root, path)).catch(() => void missing++))
      if (group.length < AT_ONCE) continue
      await Promise.all(group)
      group = []
    }
    await Promise.all(group)
    if (missing === 0) return []
    const meaning = 'Other videos take their places, so the run would use other clips.'
    return [{ what: 'files', was: `${all} videos`, is: `${missing} are missing`, meaning }]
  }
}

function short(sha256: string): string {
  return `list ${sha256.slice(0, 12)}`
}

function noteOf(id: number, differences: readonly RunDifference[]): string {
  const lines = differences.map(({ what, was, is }) => `${what}: ${was} → ${is}`)
  const head = `Reproduces run ${id}${lines.length === 0 ? ' with everything unchanged.' : ', with these differences:'}`
  return [head, ...lines].join('\n')
}
