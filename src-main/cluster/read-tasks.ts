import { parse } from 'yaml'
import { z } from 'zod'
import { parseRunFile, printRunFile } from '#shared/config/run-file.ts'
import { changedPreset, presetNamed } from '#shared/config/presets.ts'
import { sweepRuns } from '#shared/config/sweep.ts'
import { ConfigError } from '#shared/settings/check.ts'
import { PROTOCOLS } from '#shared/tasks/index.ts'
import type { Task } from './job.ts'

const protocols = z.array(z.enum(PROTOCOLS))
const value = z.union([z.number(), z.string(), z.boolean()])

/** What a sweep's file has beside the settings that its runs share. */
const sweepSchema = z.looseObject({
  grid: z.record(z.string(), z.array(value)),
  seeds: z.array(z.number().int()).optional(),
  evaluate: protocols.optional(),
})

const benchmarkSchema = z.strictObject({
  name: z.string().optional(),
  /** Folders that `runs export --folder` wrote, as the machines of the cluster see them. */
  runs: z.array(z.string().min(1)).min(1),
  evaluate: protocols.min(1),
})

export interface TaskList {
  name: string
  tasks: Task[]
}

/**
 * The tasks of a sweep (`grid`, `seeds` and shared settings) or of a benchmark (`runs` and `evaluate`).
 * @param text YAML or JSON
 * @throws ConfigError where it is neither, or a setting is refused
 */
export function readTasks(text: string): TaskList {
  const content: unknown = parse(text)
  if (typeof content === 'object' && content !== null && 'runs' in content) {
    const { name = 'benchmark', runs, evaluate } = checked(benchmarkSchema, content)
    const tasks = runs.map((folder): Task => {
      return { label: folder, source: { folder }, protocols: evaluate }
    })
    return { name, tasks }
  }
  if (typeof content === 'object' && content !== null && 'grid' in content)
    return sweepTasks(content)
  throw new ConfigError(
    'Expected a sweep (settings, `grid` and perhaps `seeds` and `evaluate`) or a benchmark (`runs` and `evaluate`).',
  )
}

function sweepTasks(content: object): TaskList {
  const { grid, seeds, evaluate = [], ...shared } = checked(sweepSchema, content)
  const { name = 'sweep', preset, values } = parseRunFile(JSON.stringify(shared))
  const base = changedPreset(preset === undefined ? null : presetNamed(preset), values)
  const tasks = sweepRuns(base, { grid, seeds }).map((run): Task => {
    const complete = changedPreset(null, { ...base, ...run.values })
    const settings = printRunFile({ values: complete })
    return { label: `${name}: ${run.label}`, source: { settings }, protocols: evaluate }
  })
  return { name, tasks }
}

function checked<T>(schema: z.ZodType<T>, content: object): T {
  const result = schema.safeParse(content)
  if (result.success) return result.data
  const [{ path, message }] = result.error.issues
  throw new ConfigError(`${path.join('.') || 'The file'}: ${message}.`)
}
