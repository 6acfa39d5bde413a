import type { Database, Statement } from 'better-sqlite3'
import type { BetaScope, ClipWindow, ScopedBeta } from '#shared/contract/mask-windows.ts'

interface BetaRow {
  datasetId: number
  class: string
  beta: number
}

/** The beta that counts for a clip, and for what it was set. */
export interface EffectiveBeta {
  beta: number
  scope: 'window' | 'class' | 'project'
}

/** Data set 0 stands for the project. */
const PROJECT = { datasetId: 0, class: '' }

/** Foreground ratios set for a class of a data set, or for the project. */
export class MaskBetaTable {
  private readonly db: Database
  private readonly selectOne: Statement<[Omit<BetaRow, 'beta'>], number>
  private readonly selectWindow: Statement<[ClipWindow], number | null>
  private readonly selectClass: Statement<[number], Omit<BetaRow, 'beta'>>

  constructor(db: Database) {
    this.db = db
    this.selectOne = db
      .prepare<[Omit<BetaRow, 'beta'>], number>(
        'SELECT beta FROM mask_betas WHERE dataset_id = :datasetId AND class = :class',
      )
      .pluck()
    this.selectWindow = db
      .prepare<[ClipWindow], number | null>(
        `SELECT beta FROM masks WHERE video_id = :videoId AND start = :start
           AND frames = :frames AND stride = :stride`,
      )
      .pluck()
    this.selectClass = db.prepare(
      `SELECT dataset_id AS datasetId, ifnull(class, '') AS class FROM videos WHERE id = ?`,
    )
  }

  /** Every beta that is set: the project's first, then by data set and class. */
  list(): ScopedBeta[] {
    const rows = this.db
      .prepare<[], BetaRow>(
        'SELECT dataset_id AS datasetId, class, beta FROM mask_betas ORDER BY dataset_id, class',
      )
      .all()
    return rows.map(({ beta, ...key }) => ({ of: scopeOf(key), beta }))
  }

  get(of: BetaScope): number | null {
    return this.selectOne.get(keyOf(of)) ?? null
  }

  /** Sets a beta, or with null takes it away; returns all that are set. */
  set(of: BetaScope, beta: number | null): ScopedBeta[] {
    const key = keyOf(of)
    if (beta === null) {
      this.db
        .prepare('DELETE FROM mask_betas WHERE dataset_id = :datasetId AND class = :class')
        .run(key)
    } else {
      this.db
        .prepare(
          `INSERT INTO mask_betas VALUES (:datasetId, :class, :beta)
           ON CONFLICT DO UPDATE SET beta = excluded.beta`,
        )
        .run({ ...key, beta })
    }
    return this.list()
  }

  /** The beta for a clip: the window's own, its class's, the project's; null where none is set. */
  betaFor(window?: ClipWindow): EffectiveBeta | null {
    const own = window && this.selectWindow.get(window)
    if (own) return { beta: own, scope: 'window' }
    const ofClass = window && this.selectClass.get(window.videoId)
    const beta = ofClass && this.selectOne.get(ofClass)
    if (beta !== undefined) return { beta, scope: 'class' }
    const project = this.selectOne.get(PROJECT)
    return project === undefined ? null : { beta: project, scope: 'project' }
  }
}

function keyOf(of: BetaScope): Omit<BetaRow, 'beta'> {
  return of.scope === 'project' ? PROJECT : { datasetId: of.datasetId, class: of.class }
}

function scopeOf(key: Omit<BetaRow, 'beta'>): BetaScope {
  return key.datasetId === 0 ? { scope: 'project' } : { scope: 'class', ...key }
}
