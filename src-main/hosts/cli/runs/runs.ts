import { Command } from 'commander'
import { isImported } from '#shared/config/presets.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { exportCommand } from './export-run.ts'
import { importCommand } from './import-run.ts'
import { healthCommand } from './run-health.ts'
import { print, printJson, resumeCommand, say, table } from '../output.ts'

export const runsCommand = new Command('runs')
  .description('list runs and their evaluations; works while a window has the project open')
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line per run'))
  .action(async (options: { project: string; json: boolean }) => {
    const { openProject } = await import('../../../store/project.ts')
    const { isLocked } = await import('../../../store/lock.ts')
    const project = openProject(options.project, { readonly: true })
    try {
      const isOpen = isLocked(project.folder)
      const runs = project.store.runs
        .list()
        .filter(({ trashedAt }) => trashedAt === null)
        .map((run) => (isOpen ? run : asLeft(run)))
      const evaluations = project.store.evaluations.list()
      if (options.json) {
        const of = (run: Run) => evaluations.filter((evaluation) => evaluation.runId === run.id)
        runs.forEach((run) => printJson({ ...run, evaluations: of(run) }))
      } else {
        print(asTable(runs, evaluations))
      }
      if (!isOpen) runs.filter(waits).forEach(({ id }) => say(howToGoOn(id, project.folder)))
    } finally {
      project.close()
    }
  })
  .addCommand(exportCommand)
  .addCommand(importCommand)
  .addCommand(healthCommand)

runsCommand
  .command('config')
  .description("print a run's settings as a YAML file, for pretrain --config")
  .argument('<id>', 'number of the run', wholeNumber(1, 2 ** 31))
  .action(async (id: number, _options: object, command: Command) => {
    const options = command.optsWithGlobals<{ project: string }>()
    const { openProject } = await import('../../../store/project.ts')
    const { printRunFile } = await import('#shared/config/run-file.ts')
    const project = openProject(options.project, { readonly: true })
    try {
      const { name, config } = project.store.runs.get(id)
      process.stdout.write(printRunFile({ name, values: config }))
    } finally {
      project.close()
    }
  })

runsCommand
  .command('curves')
  .description("print a run's metrics as CSV")
  .argument('<id>', 'number of the run', wholeNumber(1, 2 ** 31))
  .action(async (id: number, _options: object, command: Command) => {
    const { project: folder } = command.optsWithGlobals<{ project: string }>()
    const { openProject } = await import('../../../store/project.ts')
    const { CurveCache } = await import('../../../runs/curves/curve-cache.ts')
    const { curvesAsCsv } = await import('../../../runs/curves/curve-csv.ts')
    const project = openProject(folder, { readonly: true })
    try {
      project.store.runs.get(id)
      const curves = await new CurveCache(project.store.runMetrics).read(id)
      for (const piece of curvesAsCsv(curves)) process.stdout.write(piece)
    } finally {
      project.close()
    }
  })

runsCommand
  .command('reproduce')
  .description('start a run again unchanged, and print what has changed since then')
  .argument('<id>', 'number of the run', wholeNumber(1, 2 ** 31))
  .action(async (id: number, _options: object, command: Command) => {
    const { project, json } = command.optsWithGlobals<{ project: string; json: boolean }>()
    const { pretrain } = await import('./follow-run.ts')
    await pretrain({ project, json, request: { reproduce: id } })
  })

/** A run as it is when no workbench has the project open: nothing runs. */
function asLeft(run: Run): Run {
  if (run.status === 'running') return { ...run, status: 'queued' }
  return run.status === 'stopping' ? { ...run, status: 'stopped' } : run
}

function waits({ status }: Run): boolean {
  return status === 'queued'
}

function howToGoOn(id: number, folder: string): string {
  return `Run ${id} is queued. Open the project, or start it with: ${resumeCommand(id, folder)}`
}

function asTable(runs: Run[], evaluations: Evaluation[]): string {
  const rows = runs.map((run) => {
    const results = scores(evaluations.filter(({ runId }) => runId === run.id))
    return [
      run.id,
      run.name,
      run.status,
      isImported(run) ? 'imported weights' : `${run.step}/${run.totalSteps}`,
      run.config.model,
      results,
    ]
  })
  const untrained = evaluations.filter(({ runId }) => runId === null)
  const names = new Set(untrained.map(({ runName }) => runName))
  const below = [...names].map((name) => {
    const results = scores(untrained.filter(({ runName }) => runName === name))
    return [null, name, null, null, null, results]
  })
  return table(['id', 'name', 'status', 'steps', 'encoder', 'results'], [...rows, ...below])
}

function scores(evaluations: Evaluation[]): string {
  return evaluations
    .filter(({ result }) => result !== null)
    .map((evaluation) => `${evaluation.protocol} ${firstScore(evaluation)}`)
    .join(', ')
}

function firstScore({ result }: Evaluation): string {
  const [name, value] = Object.entries(result?.scores ?? {})[0] ?? ['no score', NaN]
  return `${name} ${(100 * value).toFixed(1)} %`
}
