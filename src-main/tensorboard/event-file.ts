import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SESSION, TIME } from '#shared/contract/curves.ts'
import type { MetricPoint } from '#shared/contract/runs.ts'
import { chartKinds } from '#shared/metrics/catalogue.ts'
import { scalarsRecord, startRecord, versionRecord, type Scalars } from './event-records.ts'

export interface EventFileOptions {
  /** First step that is measured from now on; what older files say of it and later ones is void. */
  firstStep: number
  /** Seconds since 1970. Default: now. */
  now?: () => number
}

/** Tags by the name of a metric: TensorBoard groups them by what comes before the slash. */
const tags = new Map(
  chartKinds.flatMap(({ name, metrics, videos }) =>
    [...metrics, ...(videos ? [videos] : [])].map((metric) => [metric, `${name}/${metric}`]),
  ),
)

/** A metric of a part stands under the part. */
function tagOf(name: string): string {
  return tags.get(name) ?? name.replace('.', '/')
}

/**
 * One event file of a run: each session of the trainer writes its own, and TensorBoard reads them in
 * the order of their names.
 */
export class EventFile {
  /** Absolute. */
  readonly file: string
  private readonly now: () => number

  /**
   * Begins a file.
   * @param folder absolute; made when it is missing
   * @throws ErrnoException when it cannot be written
   */
  constructor(folder: string, options: EventFileOptions) {
    this.now = options.now ?? (() => Date.now() / 1000)
    mkdirSync(folder, { recursive: true })
    const older = readdirSync(folder).flatMap((name) => secondsOf(name) ?? [])
    const seconds = Math.max(Math.floor(this.now()), ...older.map((second) => second + 1))
    const host = hostname().replaceAll(/[^\w-]/g, '-') || 'host'
    this.file = join(folder, `events.out.tfevents.${String(seconds).padStart(10, '0')}.${host}`)
    // Some readers take the first start for no restart, so that each file has one.
    const records = [versionRecord(this.now()), startRecord(this.now(), options.firstStep)]
    writeFileSync(this.file, Buffer.concat(records), { flag: 'wx' })
  }

  /** Adds points, those of one step together. @throws ErrnoException when it cannot be written */
  append(points: readonly MetricPoint[]): void {
    const records = [...scalarsOf(points, this.now())].map(scalarsRecord)
    if (records.length > 0) appendFileSync(this.file, Buffer.concat(records))
  }
}

function secondsOf(name: string): number | null {
  const digits = /^events\.out\.tfevents\.(\d+)\./.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}

function* scalarsOf(points: readonly MetricPoint[], now: number): Generator<Scalars> {
  for (const [step, measured] of Map.groupBy(points, (point) => point.step)) {
    const wallTime = measured.find(({ name }) => name === TIME)?.value ?? now
    const shown = measured.filter(({ name }) => name !== TIME && name !== SESSION)
    if (shown.length === 0) continue
    const values = shown.map(({ name, value }) => [tagOf(name), value] as const)
    yield { wallTime, step, values: Object.fromEntries(values) }
  }
}
