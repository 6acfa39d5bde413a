import { ORPCError } from '@orpc/client'

export interface Explanation {
  fact: string
  remedy: string | null
}

/** What went wrong and what to do, in words for the person at the screen. */
export function explain(error: unknown): Explanation {
  if (error instanceof ORPCError) {
    if (error.code === 'INTERNAL_SERVER_ERROR' && error.message === 'Internal Server Error') {
      return {
        fact: 'The workbench failed while answering.',
        remedy: 'Try again; the reason is in the log of its process.',
      }
    }
    return { fact: error.message, remedy: null }
  }
  if (error instanceof Error) return { fact: error.message, remedy: null }
  return { fact: String(error), remedy: null }
}
