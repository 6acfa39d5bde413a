import type { Database } from 'better-sqlite3'
import { returnedRow } from './returned-row.ts'

type TransferTable = 'datasets' | 'runs' | 'evaluations'
/** A row as SQLite has it, by column. */
export type RawRow = Record<string, string | number | Uint8Array | null>

/** Rows of runs on their way from one database to another of the same schema, column by column. */
export class RowTransfer {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** The row of that id; undefined when there is none. */
  read(table: TransferTable, id: number): RawRow | undefined {
    return this.db.prepare<[number], RawRow>(`SELECT * FROM ${table} WHERE id = ?`).get(id)
  }

  /** Writes a row, under a new number where `id` is null. @returns its number. @throws SqliteError */
  write(table: TransferTable, row: RawRow): number {
    const known = this.db.pragma(`table_info(${table})`) as { name: string }[]
    const columns = known.map(({ name }) => name).filter((name) => name in row)
    const insert = this.db.prepare<unknown[], number>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
       RETURNING id`,
    )
    return returnedRow(insert.pluck(), ...columns.map((name) => row[name]))
  }

  /** What is wrong with the file, as SQLite finds it; null where nothing is. */
  check(): string | null {
    const found = this.db.pragma('quick_check(1)', { simple: true }) as string
    return found === 'ok' ? null : found
  }

  /** How many rows a table has, and how many characters they take, without reading them. */
  size(table: TransferTable): { rows: number; characters: number } {
    const columns = this.db.pragma(`table_info(${table})`) as { name: string }[]
    const lengths = columns.map(({ name }) => `coalesce(octet_length("${name}"), 0)`).join(' + ')
    const found = this.db
      .prepare<[], { rows: number; characters: number }>(
        `SELECT count(*) AS rows, coalesce(sum(${lengths}), 0) AS characters FROM ${table}`,
      )
      .get()
    return found!
  }

  /** Ties a run, and evaluations of it that are of the same data set, to another data set. */
  moveRun(id: number, from: number, to: number): void {
    this.db.transaction(() => {
      for (const [table, column] of [
        ['runs', 'id'],
        ['evaluations', 'run_id'],
      ]) {
        this.db
          .prepare(`UPDATE ${table} SET dataset_id = ? WHERE ${column} = ? AND dataset_id = ?`)
          .run(to, id, from)
      }
    })()
  }

  /** Forgets a data set that nothing is of: no video, no run, no evaluation. */
  dropUnused(dataset: number): void {
    this.db
      .prepare(
        `DELETE FROM datasets WHERE id = :dataset
           AND NOT EXISTS (SELECT 1 FROM videos WHERE dataset_id = :dataset)
           AND NOT EXISTS (SELECT 1 FROM runs WHERE dataset_id = :dataset)
           AND NOT EXISTS (SELECT 1 FROM evaluations WHERE dataset_id = :dataset)`,
      )
      .run({ dataset })
  }
}
