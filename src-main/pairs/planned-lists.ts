import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { listPlannedVideos, type PlannedRun } from '../runs/queue/planned-run.ts'
import { trialFolder } from '../runs/trials/trial-folder.ts'
import type { Project } from '../store/project.ts'
import type { VideoList } from '../trainer/process/messages.ts'

type Planned = Pick<PlannedRun, 'config' | 'dataset'>

interface KeptList {
  /** Settings and revision that it was written for. */
  tag: string
  list: Promise<VideoList>
  /** Null until it is made. */
  folder: string | null
  /** Calls that wait for the list or read it. */
  users: number
  /** Resolves when the folder is deleted. */
  gone: PromiseWithResolvers<void>
}

/**
 * The list of videos of what a form would start. It is written once and stays while the settings, the
 * index and the decisions about masks do; an older list is deleted as soon as no job reads it.
 */
export class PlannedLists {
  private readonly project: Project
  private readonly kept = new Set<KeptList>()
  /** The list that the next call may want too. */
  private newest: KeptList | null = null
  private isClosed = false

  constructor(project: Project) {
    this.project = project
  }

  /**
   * Hands the list of a run to `work`; the file stays until `work` has ended.
   * @throws WorkbenchError when the list cannot be written; the next call then tries again
   */
  async use<T>(run: Planned, work: (list: VideoList) => Promise<T>): Promise<T> {
    const kept = this.listOf(run)
    kept.users++
    try {
      return await work(await kept.list)
    } finally {
      kept.users--
      this.tidy(kept)
    }
  }

  /** Deletes all lists, each when its last job has ended. */
  async close(): Promise<void> {
    this.isClosed = true
    this.newest = null
    const lists = [...this.kept]
    lists.forEach((kept) => this.tidy(kept))
    await Promise.all(lists.map(({ gone }) => gone.promise))
  }

  /** Nothing here waits, so that two calls cannot both replace the same list. */
  private listOf(run: Planned): KeptList {
    const before = this.newest
    const tag = this.tagOf(run)
    if (before?.tag === tag) return before
    const { promise: list, resolve, reject } = Promise.withResolvers<VideoList>()
    const kept: KeptList = { tag, list, folder: null, users: 0, gone: Promise.withResolvers() }
    this.kept.add(kept)
    this.newest = this.isClosed ? null : kept
    if (before) this.tidy(before)
    this.write(kept, run).then(resolve, (error: unknown) => {
      if (this.newest === kept) this.newest = null
      reject(error)
    })
    return kept
  }

  private tagOf({ config, dataset }: Planned): string {
    const { useCorrections, frames, stride } = config
    const { value: revision } = this.project.store.listRevision
    return JSON.stringify([dataset.id, useCorrections, frames, stride, revision])
  }

  private async write(kept: KeptList, run: Planned): Promise<VideoList> {
    kept.folder = await trialFolder(this.project)
    const file = join(kept.folder, 'videos.jsonl')
    return (await listPlannedVideos(this.project, run, file)).list
  }

  private tidy(kept: KeptList): void {
    if (kept.users > 0 || kept === this.newest || !this.kept.delete(kept)) return
    // What cannot be deleted now goes when the project is opened next, with all trials.
    const { folder, gone } = kept
    if (folder === null) gone.resolve()
    else rm(folder, { recursive: true, force: true }).then(gone.resolve, () => gone.resolve())
  }
}
