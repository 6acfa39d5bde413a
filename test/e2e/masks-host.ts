import { startWebHost } from '#main/hosts/web/server.ts'
import { openWorkbench } from '#main/workbench.ts'

/** A web host in a process of its own, so that a test can kill it: project, pages and port. */
const [project, pages, port] = process.argv.slice(2)
const workbench = await openWorkbench({ project: project!, host: 'web' })
const host = await startWebHost({ workbench, pages: pages!, port: Number(port) })
process.stdout.write(`${host.url}\n`)
