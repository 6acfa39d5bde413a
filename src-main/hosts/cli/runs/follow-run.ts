import type { z } from 'zod'
import { learningRateText } from '#shared/config/learning-rate.ts'
import type { Run, startRunSchema } from '#shared/contract/runs.ts'
import type { Workbench, WorkbenchOptions } from '../../../workbench.ts'
import { complaintsOf } from '#shared/metrics/health.ts'
import { followEvaluation, summary } from '../evaluations/follow-evaluation.ts'
import { following, withWorkbench, type Following } from '../following.ts'
import { healthTable } from './run-health.ts'
import { print, printJson, resumeCommand, say } from '../output.ts'

type PretrainRequest =
  | z.output<typeof startRunSchema>
  | { resume: number }
  | { startOver: number }
  | { reproduce: number }

/**
 * Starts a run, or goes on with one, and follows it to its end. The first SIGINT asks it to write a checkpoint and stop.
 * @throws Error when the run fails.
 */
export async function pretrain(
  options: Following<PretrainRequest> & Pick<WorkbenchOptions, 'workers'>,
): Promise<void> {
  const { workers } = options
  const train = async (workbench: Workbench): Promise<void> => {
    const { project } = workbench
    const { request } = options
    const started = await begin(workbench, request)
    const { id, name, totalSteps, config } = started
    const rate = learningRateText(config)
    if (options.json) printJson({ type: 'run', run: started })
    else print(`Run ${id} (${name}): ${totalSteps} steps${rate ? `, learning rate ${rate}` : ''}`)
    await following(workbench.runs, id, options.json ? printJson : () => undefined)
    const run = project.store.runs.get(id)
    if (run.status === 'failed')
      throw new Error(`Run ${id} failed: ${run.error ?? 'no reason given'}`)
    const health = await workbench.runCurves.health(id)
    if (!options.json) print(`${endingOf(run)}\n${healthTable(health, config.method)}`)
    complaintsOf(health).forEach(say)
    if (run.status === 'stopped') say(`To resume it: ${resumeCommand(id, project.folder)}`)
    const chained = project.store.evaluations
      .withStatus('queued')
      .filter(({ runId }) => runId === id)
    for (const { id: next } of chained) {
      const evaluation = await followEvaluation(workbench, next)
      if (options.json) printJson(evaluation)
      else print(summary(evaluation))
    }
  }
  await withWorkbench(options.project, train, { workers })
}

async function begin(workbench: Workbench, request: PretrainRequest): Promise<Run> {
  const { runs, reproductions, runFolders } = workbench
  if ('resume' in request) {
    await runFolders.settle(request.resume)
    return runs.resume(request.resume)
  }
  if ('startOver' in request) {
    await runFolders.settle(request.startOver)
    return runs.startOver(request.startOver)
  }
  if (!('reproduce' in request)) return runs.start(request)
  await runFolders.settle(request.reproduce)
  const { differences } = await reproductions.plan(request.reproduce)
  for (const { what, was, is, meaning } of differences) say(`${what}: ${was} → ${is}. ${meaning}`)
  return reproductions.start(request.reproduce)
}

function endingOf({ id, status, step, totalSteps, maskUse }: Run): string {
  const ending = `Run ${id} ${status} at step ${step} of ${totalSteps}`
  const { fame = 0, corrected = 0, approved = 0, redrawn = 0 } = maskUse ?? {}
  if (fame + corrected + approved + redrawn === 0) return ending
  const redraws = redrawn > 0 ? `; ${redrawn} clips drawn again because they were rejected` : ''
  return `${ending}\nMasks: ${fame} by FAME, ${corrected} corrected, ${approved} approved${redraws}`
}
