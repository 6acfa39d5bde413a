import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { settingsOf } from '#shared/config/pretrain-config.ts'
import { stepTimingSchema, type StepTiming } from '#shared/contract/estimates.ts'
import { byName } from '#shared/methods/method.ts'
import { phaseKinds } from '#shared/methods/phases.ts'
import type { PretrainSetting } from '#shared/settings/pretraining.ts'
import { writeAtomicSync } from '../../base/files/atomic-write.ts'
import { installationFolder, workbenchVersion } from '../../base/processes/installation.ts'
import type { Project } from '../../store/project.ts'
import type { PlannedRun } from '../queue/planned-run.ts'

const keptSchema = z.object({ key: z.string(), measuredAt: z.string(), timing: stepTimingSchema })
type Kept = z.infer<typeof keptSchema>

/** Estimates kept; the oldest go first. */
const KEPT = 200

/** Groups of settings that change neither the time nor the memory of a batch, but for these. */
const MUTE: readonly PretrainSetting['group'][] = ['optimiser', 'run']
const COSTLY = ['batch', 'loaderThreads', 'optimiser']

/** Whether a batch's time or memory depends on a setting: on numbers that scale losses it does not. */
function isCostly([name, { group, type }]: [string, PretrainSetting]): boolean {
  if (MUTE.includes(group)) return COSTLY.includes(name)
  return type !== 'number' || group === 'augmentation'
}

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
  const costly = Object.entries(settingsOf(config.method)).filter(isCostly)
  const settings = costly.map(([name]) => [name, byName(config)[name]])
  const several = config.accumulate > 1
  const phases = phaseKinds(config).map(({ phase, share }) => [phase.name, share])
  const machine = [cpus()[0]?.model, cpus().length, workbenchVersion(installationFolder())]
  const parts = phases.length > 1 ? [phases] : []
  const all = [...parts, settings, several, dataset.id, dataset.folder, videos, machine]
  return createHash('sha256').update(JSON.stringify(all)).digest('hex')
}
