/** Names that several runs have. */
export function sharedNames(
  encoders: readonly { runId: number | null; runName: string }[],
): Set<string> {
  const runs = new Map<string, Set<number | null>>()
  for (const { runId, runName } of encoders) {
    runs.set(runName, (runs.get(runName) ?? new Set()).add(runId))
  }
  return new Set([...runs].filter(([, ids]) => ids.size > 1).map(([name]) => name))
}
