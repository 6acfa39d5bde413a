import type { Database, Statement } from 'better-sqlite3'
import type { MetricPoint } from '#shared/contract/runs.ts'

interface Entry extends MetricPoint {
  /** Place in the order in which points came, over all owners. */
  seq: number
  owner: number
}

/** Points of one owner after a place in the order, and the place to go on from. */
export interface MetricSlice {
  points: MetricPoint[]
  seq: number
}

export interface MetricTableOptions {
  /** Longest time between two commits, in ms; what a kill can lose. Default 1000. */
  flushEvery?: number
  /** Called inside the commit with the last step of each owner that it writes. */
  onFlush?: (owner: number, step: number) => void
}

/** Points held back at most before they are committed whatever the time. */
const LARGEST_BUFFER = 500
/** Points kept while they cannot be committed. */
const LARGEST_BACKLOG = 50_000

/**
 * Append-only curves. Points are readable at once and committed together every `flushEvery` ms. A
 * point measured again at the same step, as after resuming from a checkpoint, replaces the old one
 * and moves to the end of the order.
 */
export class MetricTable {
  private readonly db: Database
  private readonly options: MetricTableOptions
  private readonly insert: Statement<[Entry]>
  private readonly selectAfter: Statement<[number, number, number], Entry>
  private readonly selectNewest: Statement<[number, number], Entry>
  private readonly selectEnd: Statement<[number], number | null>
  private readonly selectSteps: Statement<[number, number, number], MetricPoint>
  private buffer: Entry[] = []
  private nextSeq: number
  private timer: NodeJS.Timeout | null = null
  private failing = false

  constructor(
    db: Database,
    table: 'run_metrics' | 'evaluation_metrics',
    options: MetricTableOptions = {},
  ) {
    this.db = db
    this.options = options
    this.insert = db.prepare(
      `INSERT OR REPLACE INTO ${table} (seq, owner_id, step, name, value)
       VALUES (:seq, :owner, :step, :name, :value)`,
    )
    this.selectAfter = db.prepare(
      `SELECT seq, owner_id AS owner, step, name, value FROM ${table}
       WHERE owner_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
    )
    this.selectNewest = db.prepare(
      `SELECT seq, owner_id AS owner, step, name, value FROM ${table}
       WHERE owner_id = ? ORDER BY seq DESC LIMIT ?`,
    )
    this.selectEnd = db
      .prepare<[number], number | null>(`SELECT max(seq) FROM ${table} WHERE owner_id = ?`)
      .pluck()
    this.selectSteps = db.prepare(
      `SELECT step, name, value FROM ${table}
       WHERE owner_id = ? AND step BETWEEN ? AND ? ORDER BY step, seq`,
    )
    const last = db.prepare<[], number | null>(`SELECT max(seq) FROM ${table}`).pluck().get()
    this.nextSeq = (last ?? 0) + 1
  }

  /** Takes points in. Values must be finite: SQLite has no NaN. */
  append(owner: number, points: readonly MetricPoint[]): void {
    for (const { step, name, value } of points) {
      this.buffer.push({ seq: this.nextSeq++, owner, step, name, value })
    }
    if (this.buffer.length >= LARGEST_BUFFER && !this.failing) this.tryFlush()
    else if (this.buffer.length > 0) this.schedule()
  }

  /** At most `limit` points of one owner that came after place `seq`; 0 starts at the beginning. */
  after(owner: number, seq: number, limit = 1000): MetricSlice {
    const entries = this.selectAfter.all(owner, seq, limit)
    for (const entry of this.buffer) {
      if (entries.length >= limit) break
      if (entry.owner === owner && entry.seq > seq) entries.push(entry)
    }
    return {
      points: entries.map(({ step, name, value }) => ({ step, name, value })),
      seq: entries.at(-1)?.seq ?? seq,
    }
  }

  /** At most `limit` points of one owner, newest first. */
  newest(owner: number, limit: number): MetricPoint[] {
    const held = this.buffer.filter((entry) => entry.owner === owner).reverse()
    const stored = this.selectNewest.all(owner, limit)
    return [...held, ...stored]
      .slice(0, limit)
      .map(({ step, name, value }) => ({ step, name, value }))
  }

  /** Place of the newest point of one owner; 0 without any. */
  end(owner: number): number {
    const held = this.buffer.findLast((entry) => entry.owner === owner)
    return held?.seq ?? this.selectEnd.get(owner) ?? 0
  }

  /** Commits points at once, unlike `append`. @throws SqliteError when they cannot be written */
  write(owner: number, points: readonly MetricPoint[]): void {
    const entries = points.map((point) => ({ ...point, owner, seq: this.nextSeq++ }))
    this.db.transaction(() => entries.forEach((entry) => this.insert.run(entry)))()
  }

  /**
   * Commits those of the points that are not stored yet; stored ones keep their values. Later steps
   * move behind them, so that the order of a curve is that of its steps.
   * @param points of some hundreds of steps, steps growing
   * @returns how many were missing @throws SqliteError when they cannot be written
   */
  fill(owner: number, points: readonly MetricPoint[]): number {
    if (points.length === 0) return 0
    this.flush()
    const [first, last] = [points[0].step, points.at(-1)!.step]
    const stored = this.selectSteps.all(owner, first, last)
    const known = new Set(stored.map(({ step, name }) => `${step} ${name}`))
    const missing = points.filter(({ step, name }) => !known.has(`${step} ${name}`))
    if (missing.length === 0) return 0
    const later = this.selectSteps.all(owner, missing[0].step, Number.MAX_SAFE_INTEGER)
    const ordered = [...missing, ...later].sort((a, b) => a.step - b.step)
    const entries = ordered.map((point) => ({ ...point, owner, seq: this.nextSeq++ }))
    this.db.transaction(() => this.writeAll(entries))()
    return missing.length
  }

  /** Commits what is held back. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (this.buffer.length === 0) return
    const entries = this.buffer
    this.db.transaction(() => this.writeAll(entries))()
    this.buffer = []
  }

  private writeAll(entries: readonly Entry[]): void {
    const lastStep = new Map<number, number>()
    for (const entry of entries) {
      this.insert.run(entry)
      lastStep.set(entry.owner, entry.step)
    }
    for (const [owner, step] of lastStep) this.options.onFlush?.(owner, step)
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => this.tryFlush(), this.options.flushEvery ?? 1000)
  }

  /** A full disk must not end the host: points wait, up to a limit, until there is room again. */
  private tryFlush(): void {
    try {
      this.flush()
      this.failing = false
    } catch {
      this.failing = true
      this.buffer = this.buffer.slice(-LARGEST_BACKLOG)
      this.schedule()
    }
  }
}
