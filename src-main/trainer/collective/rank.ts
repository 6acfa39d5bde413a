/** Which of the processes of `mpirun` this one is. */
export interface Rank {
  rank: number
  size: number
  /** Among those on this machine. */
  local: number
  /** How many there are on this machine. */
  neighbours: number
}

/** What `mpirun` has said in the environment; null where it has started one process, or none. */
export function rankOf(environment: NodeJS.ProcessEnv = process.env): Rank | null {
  const size = numberOf(environment.OMPI_COMM_WORLD_SIZE)
  const rank = numberOf(environment.OMPI_COMM_WORLD_RANK)
  const local = numberOf(environment.OMPI_COMM_WORLD_LOCAL_RANK) ?? 0
  const neighbours = numberOf(environment.OMPI_COMM_WORLD_LOCAL_SIZE) ?? 1
  return size === null || rank === null || size < 2 ? null : { rank, size, local, neighbours }
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null
}
