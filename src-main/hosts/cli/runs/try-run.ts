import type { Estimate } from '#shared/contract/estimates.ts'
import type { StartRun } from '#shared/contract/runs.ts'
import { readableBytes } from '../../../base/readable-bytes.ts'
import { withWorkbench, type Following } from '../following.ts'
import { interruption } from '../jobs.ts'
import { clock, print, printJson, say, table } from '../output.ts'
import { progressView } from '../progress.ts'

type TryOptions = Following<StartRun>

/** Measures what a run would take and prints it. @throws Error when it fails or is interrupted. */
export async function estimateRun({ project, json, request }: TryOptions): Promise<void> {
  await withWorkbench(project, async ({ estimator }) => {
    const view = progressView()
    let estimate: Estimate | null = null
    try {
      for await (const event of estimator.estimate(request, interruption())) {
        if (event.type === 'progress') view.update(event.progress)
        else if (event.type === 'warning') view.remark(event.message)
        else estimate = event.estimate
      }
    } finally {
      view.end()
    }
    if (!estimate) throw new Error('Interrupted. Nothing was measured.')
    const { videos, steps } = await estimator.plan(request)
    if (json) return printJson({ videos, steps, ...estimate })
    printEstimate(estimate, videos, steps)
  })
}

function printEstimate(estimate: Estimate, videos: number, steps: number): void {
  const { timing, secondsPerStep, waitPerStep, seconds } = estimate
  const wait = Math.round((100 * waitPerStep) / secondsPerStep)
  const rows = [
    ['steps', `${steps}, of ${videos} training videos`],
    ['per step', `${secondsPerStep.toPrecision(3)} s, ${wait} % of it waiting for clips`],
    ['in total', `${clock(seconds)} without evaluations`],
    ['memory', `${readableBytes(timing.memory)} of ${readableBytes(estimate.machineMemory)}`],
    ['disk', `${readableBytes(estimate.disk)} of ${readableBytes(estimate.freeDisk)} free`],
    ['on', `${timing.deviceName} (${timing.device}), ${timing.precision}`],
    ['timed', `batches of up to ${timing.timed} videos`],
  ]
  print(table(['what', 'about'], rows))
  for (const warning of estimate.warnings) say(warning)
}

/**
 * Tries a run out and prints each check.
 * @throws Error when one fails
 */
export async function dryRun({ project, json, request }: TryOptions): Promise<void> {
  await withWorkbench(project, async ({ dryRuns }) => {
    let isOver = false
    let failed = 0
    for await (const event of dryRuns.run(request, interruption())) {
      if (event.type === 'done') isOver = true
      if (json) printJson(event)
      else if (event.type === 'warning') say(event.message)
      else if (event.type === 'check' && event.result.state !== 'running') {
        const { check, state, detail } = event.result
        print(`${state.padEnd(8)}${check.padEnd(12)}${detail}`)
      }
      if (event.type === 'check' && event.result.state === 'failed') failed++
    }
    if (!isOver) throw new Error('Interrupted. Not everything was checked.')
    if (failed > 0) throw new Error(`${failed} of the checks failed, so the run would fail.`)
  })
}
