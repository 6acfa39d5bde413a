import { userInfo } from 'node:os'

/** Who edits: the name of the operating system's user. */
export function authorName(): string {
  try {
    return userInfo().username || 'unknown'
  } catch {
    // A container may run as a user without a name.
    return 'unknown'
  }
}
