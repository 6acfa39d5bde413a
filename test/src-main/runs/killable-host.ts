/**
 * A host with the real trainer that a test can kill: opens the project in argv[2], goes on with the
 * run in argv[3], and prints a line for each message of new metrics. It ends with the run.
 */
import { writeSync } from 'node:fs'
import { openWorkbench } from '#main/workbench.ts'

const [, , folder, id] = process.argv
const workbench = await openWorkbench({ project: folder, host: 'cli' })
workbench.runs.resume(Number(id))
for await (const event of workbench.runs.watch(Number(id), undefined, { history: false })) {
  if (event.type === 'metrics') writeSync(1, `${event.points.at(-1)?.step}\n`)
}
await workbench.close()
