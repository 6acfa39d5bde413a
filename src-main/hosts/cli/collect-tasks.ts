import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { knownRun } from '../../runs/folder/import-folder.ts'
import { openWorkbench } from '../../workbench.ts'
import { followFolder } from './runs/run-folders.ts'
import { print, say } from './output.ts'

/**
 * Takes the runs of a job's finished tasks into one project. It is one process that writes: the tasks
 * themselves never open this project.
 * @throws Error when a run could not be taken in; the others have been
 */
export async function collect(shared: string, folder: string): Promise<void> {
  const tasks = tasksIn(shared)
  if (tasks.length === 0) throw new Error(`${shared} has no tasks: name the job's --shared folder.`)
  const workbench = await openWorkbench({ project: folder, host: 'cli' })
  let failed = 0
  try {
    for (const task of tasks) {
      const place = join(shared, task)
      if (!existsSync(join(place, 'done'))) {
        say(`${task}: not done yet`)
        continue
      }
      try {
        const known = await knownRun(workbench.project, join(place, 'run'))
        if (known) {
          say(`${task}: already here as run ${known.id} (${known.name})`)
          continue
        }
        const { run } = await followFolder('importing', (signal) =>
          workbench.runFolders.import(join(place, 'run'), signal),
        )
        print(`${task}: run ${run.id} (${run.name})`)
      } catch (error) {
        failed++
        say(`${task}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  } finally {
    await workbench.close()
  }
  if (failed > 0) throw new Error(`${failed} tasks could not be taken in.`)
}

function tasksIn(shared: string): string[] {
  if (!existsSync(shared)) return []
  const number = (name: string): number => Number(/^task-(\d+)$/.exec(name)?.[1] ?? NaN)
  return readdirSync(shared)
    .filter((name) => !Number.isNaN(number(name)))
    .sort((a, b) => number(a) - number(b))
}
