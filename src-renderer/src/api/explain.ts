import { ORPCError } from '@orpc/client'

export interface Explanation {
  fact: string
  remedy: string | null
}

/** What went wrong and what to do, in words for the person at the screen. */
export function explain(error: unknown): Explanation {
  if (error instanceof ORPCError) return explainRefusal(error)
  if (!(error instanceof Error)) return { fact: String(error), remedy: null }
  // How the link rejects what was under way when its channel closed.
  if (error.name === 'AbortError') {
    return {
      fact: 'The connection to the workbench was lost meanwhile.',
      remedy: 'Try again once it stands; what was finished before is kept.',
    }
  }
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) {
    return {
      fact: 'The workbench did not answer.',
      remedy: 'Check that its process is running, then try again.',
    }
  }
  return { fact: error.message, remedy: null }
}

function explainRefusal(error: ORPCError<string, unknown>): Explanation {
  if (error.code === 'INTERNAL_SERVER_ERROR' && error.message === 'Internal Server Error') {
    return {
      fact: 'The workbench failed while answering.',
      remedy: 'Try again; the reason is in the log of its process.',
    }
  }
  return { fact: error.message, remedy: null }
}
