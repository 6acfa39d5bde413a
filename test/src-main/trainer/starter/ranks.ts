import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Process numbers of a project's ranks, as far as its host has heard of them: children of mpirun. */
export function ranksOf(project: string): number[] {
  try {
    const leader = Number(readFileSync(join(project, 'logs', 'trainer.pid'), 'utf8'))
    const mpirun = parentOf(leader)
    // Before rank 0 is there, the host remembers the process that starts the ranks.
    if (!readFileSync(`/proc/${mpirun}/cmdline`, 'utf8').startsWith('mpirun')) return []
    const all = readFileSync(`/proc/${mpirun}/task/${mpirun}/children`, 'utf8').trim().split(/\s+/)
    return all.map(Number)
  } catch {
    return []
  }
}

export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^\d+ \(.*\) [ZX]/s.test(stat)
  } catch {
    return false
  }
}
