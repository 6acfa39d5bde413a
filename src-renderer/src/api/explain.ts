import { ORPCError } from '@orpc/client'

export interface Explanation {
  fact: string
  remedy: string | null
}

/** What went wrong and what to do, in words for the person at the screen. */
export function explain(error: unknown): Explanation {
  if (error instanceof ORPCError) return explainRefusal(error.code, error.message)
  if (!(error instanceof Error)) return { fact: String(error), remedy: null }
  // How the link rejects open calls when its channel closed.
  if (error.name === 'AbortError') {
    return {
      fact: 'The connection to the workbench was lost.',
      remedy: 'Try again when the connection is back. Everything that had finished is saved.',
    }
  }
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) {
    return {
      fact: 'The workbench did not answer.',
      remedy: 'Check that its process is running and try again.',
    }
  }
  return { fact: error.message, remedy: null }
}

function explainRefusal(code: unknown, message: string): Explanation {
  if (code === 'INTERNAL_SERVER_ERROR' && message === 'Internal Server Error') {
    return {
      fact: 'The workbench could not answer because of an internal error.',
      remedy: 'Try again. The log of its process gives the reason.',
    }
  }
  return { fact: message, remedy: null }
}
