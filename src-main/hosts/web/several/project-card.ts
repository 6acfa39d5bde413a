import { basename } from 'node:path'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { messageOf } from '../../../base/message-of.ts'
import { openProject } from '../../../store/project.ts'
import type { Store } from '../../../store/store.ts'

/** What the page that chooses says of a project. */
export interface ProjectCard {
  /** In its address. */
  name: string
  folder: string
  title: string
  /** Whether this host has it open. */
  isOpen: boolean
  content: ProjectContent | null
  /** Why its content cannot be shown; null where it is, or there is none yet. */
  fault: string | null
}

export interface ProjectContent {
  datasets: Pick<Dataset, 'name' | 'videos'>[]
  /** Runs, without those in the trash. */
  runs: number
  /** The run that was begun last. */
  last: Pick<Run, 'id' | 'name' | 'status' | 'createdAt'> | null
}

/** @param store of a project that this host has open; others are opened for a moment, for reading alone */
export function projectCard(name: string, folder: string, store: Store | null): ProjectCard {
  const card = { name, folder, title: basename(folder), isOpen: store !== null }
  try {
    return { ...card, content: store ? contentOf(store) : storedContent(folder), fault: null }
  } catch (error) {
    // One project that fails must not keep the others from being chosen.
    return { ...card, content: null, fault: messageOf(error) }
  }
}

function storedContent(folder: string): ProjectContent {
  const project = openProject(folder, { readonly: true })
  try {
    return contentOf(project.store)
  } finally {
    project.close()
  }
}

function contentOf({ datasets, runs }: Store): ProjectContent {
  const { count, last } = runs.overview()
  return { datasets: datasets.list(), runs: count, last }
}
