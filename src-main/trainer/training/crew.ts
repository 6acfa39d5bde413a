import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { shareFault } from '#shared/config/shares.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import { ConfigError } from '#shared/settings/check.ts'
import type { Collective } from '../collective/collective.ts'
import { rankOf } from '../collective/rank.ts'
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

/** What is true of a step for all. */
interface SettledNews extends StepNews {
  /** What other processes than rank 0 have warned of. */
  warnings: string[]
}

/** Characters of warnings that a process can hand over in a step. */
const WARNING_ROOM = 2000

/**
 * The processes of a training, this one among them. Each takes its part of every batch. Rank 0 has the
 * host: it alone writes to the project, measures and decides when to stop.
 */
export class Crew {
  /** What this process works by: a follower's own folder is a temporary one. */
  readonly job: PretrainJob
  private readonly collective: Collective | null
  private warnings: string[] = []

  /**
   * @param collective null for one process alone
   * @throws ConfigError where the batch cannot be shared
   */
  constructor(job: PretrainJob, collective: Collective | null) {
    const fault = collective && shareFault(job.config, collective.size)
    if (fault) throw new ConfigError(`${fault} Start it with another number of processes.`)
    this.collective = collective
    this.job = this.isHead ? job : asFollower(job)
  }

  get isHead(): boolean {
    return this.share.rank === 0
  }

  get share(): Share {
    const { rank, size } = this.collective ?? { rank: 0, size: 1 }
    return { rank, size, neighbours: rankOf()?.neighbours }
  }

  /** Takes what a person should know: rank 0 tells it at the end of the step. */
  warn(message: string): void {
    this.warnings.push(message)
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
  settle({ stopRequested, masks }: StepNews): SettledNews {
    const { collective } = this
    if (!collective) return { stopRequested, masks, warnings: [] }
    const names = Object.keys(noMasks()) as (keyof MaskUse)[]
    const stop = this.isHead && stopRequested ? 1 : 0
    const counts = names.map((name) => masks[name])
    const values = Float32Array.of(stop, this.warnings.length, ...counts)
    collective.sum(values)
    const sums = names.map((name, i) => [name, values[i + 2]] as const)
    return {
      stopRequested: values[0] > 0,
      masks: Object.fromEntries(sums) as unknown as MaskUse,
      warnings: values[1] > 0 ? this.exchangeWarnings(collective) : [],
    }
  }

  /**
   * Makes sure that all processes have the same weights.
   * @throws Error where one has others: its machine rounds in another way
   */
  compare(step: number, weights: () => Float32Array): void {
    const { collective } = this
    if (!collective) return
    const own = checksum(weights())
    const all = collective.gather(own)
    const width = own.length
    for (let rank = 1; rank < collective.size; rank++) {
      if (own.every((_, i) => all[rank * width + i] === all[i])) continue
      throw new Error(
        `At step ${step} process ${rank} has other weights than process 0. ` +
          'Train on machines with the same processor and the same kernels (FAME_KERNELS), and resume from the last checkpoint.',
      )
    }
  }

  /** All rank's warnings, at rank 0. */
  private exchangeWarnings(collective: Collective): string[] {
    const text = JSON.stringify(this.warnings.slice(0, 10)).slice(0, WARNING_ROOM)
    const own = new Float32Array(WARNING_ROOM)
    for (let i = 0; i < text.length; i++) own[i] = text.charCodeAt(i)
    this.warnings = []
    const all = collective.gather(own)
    return Array.from({ length: collective.size }, (_, rank) => {
      const codes = all.subarray(rank * WARNING_ROOM, (rank + 1) * WARNING_ROOM)
      return String.fromCharCode(...codes.filter((code) => code > 0))
    }).flatMap((list) => parseWarnings(list))
  }

  /** Removes what a follower has written. */
  close(): void {
    if (!this.isHead) rmSync(this.job.folder, { recursive: true, force: true })
  }
}

/** Tells arrays apart that differ in a bit: four numbers that float32 holds exactly. */
function checksum(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  let [low, high] = [0, 0]
  for (let i = 0; i < bits.length; i++) {
    low = (Math.imul(low, 31) + bits[i]) >>> 0
    high = (high ^ (bits[i] + i)) >>> 0
  }
  return Float32Array.of(low & 0xffff, low >>> 16, high & 0xffff, high >>> 16)
}

/** A list that was cut off says nothing. */
function parseWarnings(text: string): string[] {
  try {
    return JSON.parse(text) as string[]
  } catch {
    return ['Other processes have warned of too much to be listed.']
  }
}

/**
 * The job of a process that has no host: it measures and keeps nothing for itself. Its list of videos is
 * in a folder of its own.
 */
function asFollower(job: PretrainJob): PretrainJob {
  const config = { ...job.config, knnEvery: 0, tensorboard: false, decodedCache: 0 }
  const folder = join(dirname(job.videos.file), 'follower')
  return { ...job, config, folder, resume: false, decodedCache: undefined }
}
