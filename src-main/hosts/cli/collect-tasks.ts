import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from '#shared/contract/runs.ts'
import { knownRun } from '../../runs/folder/import-folder.ts'
import { openWorkbench, type Workbench } from '../../workbench.ts'
import { interruption } from './jobs.ts'
import { followFolder } from './runs/run-folders.ts'
import { print, printJson, say } from './output.ts'

interface CollectOptions {
  project: string
  json: boolean
}

/** What became of a task. */
interface Collected {
  task: string
  run: number
  name: string
  /** Whether the run is new in the project; else these evaluations are new. */
  isNew: boolean
  evaluations: number
}

/**
 * Takes the runs of a job's finished tasks into one project, and the evaluations of runs that it has
 * already. It is one process that writes: the tasks themselves never open this project.
 * @throws Error when a run could not be taken in; the others have been
 */
export async function collect(shared: string, { project, json }: CollectOptions): Promise<void> {
  const tasks = tasksIn(shared)
  if (tasks.length === 0) throw new Error(`${shared} has no tasks: name the job's --shared folder.`)
  const workbench = await openWorkbench({ project, host: 'cli' })
  const signal = interruption()
  let failed = 0
  try {
    for (const task of tasks) {
      const place = join(shared, task)
      if (!existsSync(join(place, 'done'))) {
        say(`${task}: not done yet`)
        continue
      }
      try {
        show(await collectTask(workbench, { task, folder: join(place, 'run'), signal }), json)
      } catch (error) {
        if (signal.aborted) throw error
        failed++
        say(`${task}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  } finally {
    await workbench.close()
  }
  if (failed > 0) throw new Error(`${failed} tasks could not be taken in.`)
}

async function collectTask(
  { project, runFolders }: Workbench,
  { task, folder, signal }: { task: string; folder: string; signal: AbortSignal },
): Promise<Collected> {
  const known = await knownRun(project, folder)
  const named = ({ id, name }: Run) => ({ task, run: id, name, isNew: known === null })
  if (known && known.trashedAt !== null) return { ...named(known), evaluations: 0 }
  if (known) {
    const { added } = await followFolder(
      'importing',
      () => runFolders.addEvaluations(known, folder, signal),
      signal,
    )
    return { ...named(known), evaluations: added }
  }
  const { run } = await followFolder('importing', () => runFolders.import(folder, signal), signal)
  return { ...named(run), evaluations: project.store.evaluations.endedOf(run.id).length }
}

function show(collected: Collected, json: boolean): void {
  const { task, run, name, isNew, evaluations } = collected
  if (json) printJson(collected)
  else if (isNew) print(`${task}: run ${run} (${name})`)
  else if (evaluations === 0) say(`${task}: already here as run ${run} (${name})`)
  else print(`${task}: run ${run} (${name}) has ${counted(evaluations)} more`)
}

function counted(evaluations: number): string {
  return `${evaluations} ${evaluations === 1 ? 'evaluation' : 'evaluations'}`
}

function tasksIn(shared: string): string[] {
  if (!existsSync(shared)) return []
  const number = (name: string): number => Number(/^task-(\d+)$/.exec(name)?.[1] ?? NaN)
  return readdirSync(shared)
    .filter((name) => !Number.isNaN(number(name)))
    .sort((a, b) => number(a) - number(b))
}
