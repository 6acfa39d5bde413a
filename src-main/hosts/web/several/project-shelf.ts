import { resolve } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { WorkbenchError } from '../../../base/workbench-error.ts'
import type { Workbench } from '../../../workbench.ts'
import { projectCard, type ProjectCard } from './project-card.ts'
import { ProjectNames, type ProjectPlaces } from './project-names.ts'

/** The address names no project of this host. */
export class NoProjectError extends WorkbenchError {
  override name = 'NoProjectError'
}

/**
 * The projects of one host. A project is opened, and so locked, when it is first asked for, and stays
 * open: its runs go on whichever project is looked at.
 */
export class ProjectShelf {
  private readonly places: ProjectPlaces
  private readonly names: ProjectNames
  private readonly openFolder: (folder: string) => Promise<Workbench>
  private readonly opened = new Map<string, Promise<Workbench>>()
  /** By folder; those of `opened` that are ready. */
  private readonly workbenches = new Map<string, Workbench>()
  private closed = false

  constructor(places: ProjectPlaces, openFolder: (folder: string) => Promise<Workbench>) {
    this.places = places
    this.names = new ProjectNames(places)
    this.openFolder = openFolder
  }

  /** Opens the projects that were given one by one. @throws WorkbenchError where one cannot be opened */
  async openGiven(): Promise<void> {
    // A parent folder that cannot be read is said at once.
    const known = new Set((await this.names.folders()).values())
    const given = this.places.folders.map((folder) => resolve(folder))
    // Of two paths to one project, the names know the first.
    for (const folder of given) if (known.has(folder)) await this.openOnce(folder)
  }

  /** @throws NoProjectError for an unknown name; WorkbenchError where the project cannot be opened */
  async open(name: string): Promise<Workbench> {
    const folder = (await this.names.folders()).get(name)
    if (folder === undefined) throw new NoProjectError(`There is no project '${name}' here.`)
    return this.openOnce(folder)
  }

  /** What is known of each project, in order, without opening one for writing. */
  async cards(): Promise<ProjectCard[]> {
    const cards: ProjectCard[] = []
    for (const [name, folder] of await this.names.folders()) {
      cards.push(projectCard(name, folder, this.workbenches.get(folder)?.project.store ?? null))
      await breathe()
    }
    return cards
  }

  get all(): Workbench[] {
    return [...this.workbenches.values()]
  }

  /** Closes all projects; they share the trainer, so none waits for another. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.allSettled([...this.opened.values()])
    await Promise.all(this.all.map((workbench) => workbench.close()))
  }

  private openOnce(folder: string): Promise<Workbench> {
    const before = this.opened.get(folder)
    if (before) return before
    if (this.closed) throw new WorkbenchError('The workbench is stopping. Start it again.')
    const opening = this.openFolder(folder)
    this.opened.set(folder, opening)
    opening.then(
      (workbench) => this.workbenches.set(folder, workbench),
      // Another workbench may have it now and not later.
      () => this.opened.delete(folder),
    )
    return opening
  }
}
