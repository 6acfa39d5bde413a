import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Workers } from '../../runs/process/workers.ts'
import { TrainerTurns } from '../../runs/queue/trainer-turns.ts'
import { openWorkbench, type Workbench } from '../../workbench.ts'
import { projectSite, type Site, type SiteOptions } from './site.ts'
import { ProjectShelf } from './several/project-shelf.ts'
import { ProjectsSite } from './several/projects-site.ts'

/** Where a project lies unless told otherwise. */
const defaultProject = join(homedir(), 'fame-project')
/** Address of the list of projects, relative to a project's page. */
const CHOOSER = '../../'

export interface ServedProjects {
  /** Folders of projects; left out: `~/fame-project`, unless there is a folder of projects. */
  project?: string[]
  /** Folder whose sub-folders are projects. */
  projects?: string
  /** Processes of each pretraining that they can share. */
  workers?: Workers
}

/** What a web host serves: one project, or several among which its page chooses. */
export interface Served {
  /** Has the sessions of browsers in it. */
  folder: string
  /** What is printed beside the address. */
  about: { project: string } | { projects: string[] }
  makeSite: (options: SiteOptions) => Site
  /** Those that are open. */
  workbenches: () => readonly Workbench[]
  close: () => Promise<void>
}

/** Opens what is to be served. @throws WorkbenchError where a project cannot be opened */
export function openServed({
  project: folders,
  projects: parent,
  workers,
}: ServedProjects): Promise<Served> {
  const [folder = defaultProject, ...others] = folders ?? []
  if (parent === undefined && others.length === 0) return openOne(folder, workers)
  return openSeveral(folders ?? [], parent, workers)
}

async function openOne(folder: string, workers: Workers | undefined): Promise<Served> {
  const workbench = await openWorkbench({ project: folder, host: 'web', workers })
  return {
    folder: workbench.project.folder,
    about: { project: workbench.project.folder },
    makeSite: (options) => projectSite(workbench, options),
    workbenches: () => [workbench],
    close: () => workbench.close(),
  }
}

async function openSeveral(
  folders: readonly string[],
  parent: string | undefined,
  workers: Workers | undefined,
): Promise<Served> {
  const turns = new TrainerTurns()
  const shelf = new ProjectShelf({ folders, parent }, (project) =>
    openWorkbench({ project, host: 'web', turns, chooser: CHOOSER, workers }),
  )
  try {
    await shelf.openGiven()
  } catch (error) {
    await shelf.close()
    throw error
  }
  return {
    folder: resolve(parent ?? folders[0]),
    about: { projects: (await shelf.cards()).map((card) => card.folder) },
    makeSite: (options) => new ProjectsSite(shelf, options),
    workbenches: () => shelf.all,
    close: () => shelf.close(),
  }
}
