/**
 * Something the user can do about: the message states the fact and the remedy, and hosts show it as
 * it is. Any other error is a fault of the workbench.
 */
export class WorkbenchError extends Error {
  override name = 'WorkbenchError'
}

/** What was asked for by its number is not in the project. */
export class NotThereError extends WorkbenchError {}
