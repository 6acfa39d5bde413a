/** How mpirun ended. */
export interface MpirunEnd {
  code: number | null
  signal: string | null
  /** The end of what it and the ranks wrote to their error output. */
  words: string
}

/** Says in a sentence why the ranks are gone, from what mpirun says of them. */
export function whatDied({ code, signal, words }: MpirunEnd): string {
  if (signal) return `mpirun was ended by signal ${signal}.`
  const own = /^Rank \d+ has not answered.*$/m.exec(words)
  if (own) return own[0]
  const killed =
    /process rank (\d+) with PID \d+ on node \S+ exited on signal (\d+ \([^)]*\))/.exec(words)
  if (killed) return `Rank ${killed[1]} was ended by signal ${killed[2]}.`
  const exited = /Process name: \[\[\d+,\d+\],(\d+)\]\s+Exit code:\s+(\d+)/.exec(words)
  if (exited) return `Rank ${exited[1]} ended with exit code ${exited[2]}.${quoted(words)}`
  return `mpirun ended with exit code ${code}.${quoted(words)}`
}

function quoted(words: string): string {
  const told = words.trim()
  return told ? ` The last output:\n${told}` : ''
}
