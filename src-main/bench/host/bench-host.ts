import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { startWebHost } from '../../hosts/web/server.ts'
import { openWorkbench } from '../../workbench.ts'
import { makeBigProject, type BigSizes } from './big-project.ts'
import { LoopWatch, type LongestBlock } from './loop-watch.ts'
import { operations } from './operations.ts'

export interface HostBenchRow extends LongestBlock {
  what: string
  /** Until the client had the answer. */
  milliseconds: number
  /** What the host said where it refused. */
  error: string | null
}

export interface HostBench extends BigSizes {
  rows: HostBenchRow[]
  load: number
  cpu: string
  node: string
}

export interface HostBenchOptions extends BigSizes {
  /** Folder of the generated project, used again when it is there; left out: a temporary one. */
  project?: string
  /** Only operations whose name has this; left out: all. */
  only?: string
  onStep?: (step: string) => void
}

/**
 * Opens everything that a page shows of a large project, through the web host and from a thread of its
 * own, and notes how long each held the host's event loop up.
 */
export async function benchHost({
  project,
  only = '',
  onStep,
  ...sizes
}: HostBenchOptions): Promise<HostBench> {
  const made = project === undefined ? await mkdtemp(join(tmpdir(), 'fame-bench-host-')) : null
  const folder = resolve(made ?? project!)
  try {
    onStep?.(`making a project in ${folder}`)
    await makeBigProject(folder, sizes)
    const rows = await measure(folder, only, onStep)
    const machine = { cpu: cpus()[0]?.model ?? 'unknown', node: process.versions.node }
    return { ...sizes, rows, load: loadavg()[0], ...machine }
  } finally {
    if (made) await rm(made, { recursive: true, force: true })
  }
}

async function measure(
  folder: string,
  only: string,
  onStep: HostBenchOptions['onStep'],
): Promise<HostBenchRow[]> {
  const workbench = await openWorkbench({ project: folder, host: 'web' })
  const host = await startWebHost({ workbench })
  const client = new Worker(new URL('./client.ts', import.meta.url), {
    workerData: { url: host.url },
  })
  const watch = new LoopWatch()
  try {
    await once(client, 'message')
    const rows: HostBenchRow[] = []
    for (const what of Object.keys(operations).filter((name) => name.includes(only))) {
      onStep?.(what)
      watch.take()
      const started = performance.now()
      client.postMessage(what)
      const [error] = (await once(client, 'message')) as [string | null]
      rows.push({ what, milliseconds: performance.now() - started, error, ...watch.take() })
    }
    return rows
  } finally {
    watch.stop()
    await client.terminate()
    await host.close()
    await workbench.close()
  }
}
