import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { HyperParameterName } from '#shared/config/hyper-parameters.ts'
import { stepTimingSchema, type StepTiming } from '#shared/contract/estimates.ts'
import { writeAtomicSync } from '../../base/files/atomic-write.ts'
import { installationFolder, workbenchVersion } from '../../doctor/installation.ts'
import type { Project } from '../../store/project.ts'
import type { PlannedRun } from '../queue/planned-run.ts'

const keptSchema = z.object({ key: z.string(), measuredAt: z.string(), timing: stepTimingSchema })
type Kept = z.infer<typeof keptSchema>

/** Estimates kept; the oldest go first. */
const KEPT = 200

/** Settings that a batch's time or memory depends on. */
const MATTER = [
  ...(['model', 'projectionSize', 'precision', 'frames', 'stride', 'size', 'batch'] as const),
  ...(['flip', 'grayscale', 'jitter', 'blur', 'fame', 'variant', 'adaptiveBeta'] as const),
  ...(['compensateMotion', 'queue', 'loaderThreads', 'cropScaleMin'] as const),
] as const satisfies readonly HyperParameterName[]

/** Timings by what they depend on, in a file of the project's cache that may go at any time. */
export class EstimateCache {
  private readonly file: string

  constructor(project: Project) {
    this.file = join(project.cacheFolder, 'estimates.json')
  }

  find(run: PlannedRun, videos: number): Kept | null {
    const key = keyOf(run, videos)
    return this.read().find((kept) => kept.key === key) ?? null
  }

  keep(run: PlannedRun, videos: number, timing: StepTiming): Kept {
    const kept = { key: keyOf(run, videos), measuredAt: new Date().toISOString(), timing }
    const others = this.read().filter(({ key }) => key !== kept.key)
    this.write([kept, ...others].slice(0, KEPT))
    return kept
  }

  private read(): Kept[] {
    try {
      return keptSchema.array().parse(JSON.parse(readFileSync(this.file, 'utf8')))
    } catch {
      // Not there yet, or of another version: it is measured again.
      return []
    }
  }

  private write(kept: Kept[]): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true })
      writeAtomicSync(this.file, JSON.stringify(kept), { flush: 'none' })
    } catch {
      // A full disk costs the next measurement, not this one.
    }
  }
}

/** Two estimates are of the same when settings, data set and machine are. */
function keyOf({ config, dataset }: PlannedRun, videos: number): string {
  const settings = MATTER.map((name) => config[name])
  const several = config.accumulate > 1
  const machine = [cpus()[0]?.model, cpus().length, workbenchVersion(installationFolder())]
  const all = [settings, several, dataset.id, dataset.folder, videos, machine]
  return createHash('sha256').update(JSON.stringify(all)).digest('hex')
}
