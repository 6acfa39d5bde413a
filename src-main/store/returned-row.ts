import type { Statement } from 'better-sqlite3'

/**
 * Runs a statement with RETURNING and gives its one row. `get` of better-sqlite3 gives the row before
 * the commit that ends the statement, and says nothing when a full disk refuses that commit; `all`
 * throws. So a statement that writes is never run by `get`.
 * @throws SqliteError when it could not be written
 */
export function returnedRow<Parameters extends unknown[], Row>(
  statement: Statement<Parameters, Row>,
  ...parameters: Parameters
): Row {
  return statement.all(...parameters)[0]
}
