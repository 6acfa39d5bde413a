import type { ViewRole } from './method.ts'

/** A view whose references to other views count from another place. @param by places further on */
export function movedRole(role: ViewRole, by: number): ViewRole {
  const { sameClipAs, follows } = role
  return {
    ...role,
    ...(sameClipAs !== undefined && { sameClipAs: sameClipAs + by }),
    ...(follows && { follows: { ...follows, view: follows.view + by } }),
  }
}
