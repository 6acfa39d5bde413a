import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { shareFault } from '#shared/config/shares.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import { ConfigError } from '#shared/settings/check.ts'
import type { Collective } from '../collective/collective.ts'
import type { Share } from '../loader/plan-share.ts'
import type { StateDict } from '../networks/weights.ts'
import type { PretrainJob } from '../process/messages.ts'
import { noMasks } from '../telemetry/mask-tally.ts'

/** What a process says of a step to the others. */
interface StepNews {
  stopRequested: boolean
  /** Which masks its clips got. */
  masks: MaskUse
}

/**
 * The processes of a training, this one among them. Each takes its part of every batch. Rank 0 has the
 * host: it alone writes to the project, measures and decides when to stop.
 */
export class Crew {
  /** What this process works by: a follower's own folder is a temporary one. */
  readonly job: PretrainJob
  private readonly collective: Collective | null

  /**
   * @param collective null for one process alone
   * @throws ConfigError where the batch cannot be shared
   */
  constructor(job: PretrainJob, collective: Collective | null) {
    const fault = collective && shareFault(job.config, collective.size)
    if (fault) throw new ConfigError(fault)
    this.collective = collective
    this.job = this.isHead ? job : asFollower(job)
  }

  get isHead(): boolean {
    return this.share.rank === 0
  }

  get share(): Share {
    const { rank, size } = this.collective ?? { rank: 0, size: 1 }
    return { rank, size }
  }

  /** What rank 0 goes on from, at all ranks. @param own what this process has loaded */
  goOnFrom(
    own: { step: number; state: () => StateDict },
    load: (state: StateDict) => void,
  ): number {
    const { collective } = this
    if (!collective) return own.step
    const bytes = this.isHead ? serialize({ step: own.step, state: own.state() }) : new Uint8Array()
    const received = collective.broadcast(bytes)
    if (this.isHead) return own.step
    const { step, state } = deserialize(received) as { step: number; state: StateDict }
    load(state)
    return step
  }

  /** Joins what all have to say at the end of a step; rank 0's word counts for a stop. */
  settle({ stopRequested, masks }: StepNews): StepNews {
    const { collective } = this
    if (!collective) return { stopRequested, masks }
    const names = Object.keys(noMasks()) as (keyof MaskUse)[]
    const stop = this.isHead && stopRequested ? 1 : 0
    const values = Float32Array.from([stop, ...names.map((name) => masks[name])])
    collective.sum(values)
    const sums = names.map((name, i) => [name, values[i + 1]] as const)
    return { stopRequested: values[0] > 0, masks: Object.fromEntries(sums) as unknown as MaskUse }
  }

  /** Removes what a follower has written. */
  close(): void {
    if (!this.isHead) rmSync(this.job.folder, { recursive: true, force: true })
  }
}

/** The job of a process that has no host: it measures and keeps nothing for itself. */
function asFollower(job: PretrainJob): PretrainJob {
  const config = { ...job.config, knnEvery: 0, tensorboard: false, decodedCache: 0 }
  const folder = mkdtempSync(join(tmpdir(), 'fame-follower-'))
  return { ...job, config, folder, resume: false, decodedCache: undefined, flowCache: undefined }
}
