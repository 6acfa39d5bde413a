import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { entryPath } from '../base/processes/entry-path.ts'
import { nodeBinary } from '../base/processes/node-binary.ts'
import { trainerEnvironment } from '../base/processes/trainer-environment.ts'
import type { Check } from './check.ts'
import { groupOf } from './checks/index.ts'
import type { FromSelftest, SelftestJob } from './messages.ts'
import type { EngineFacts, Outcome } from './report.ts'

export type CheckFacts = Pick<Check, 'id' | 'title' | 'precision'>

export interface RunOptions {
  checks: readonly CheckFacts[]
  /** Seconds after which a check counts as hanging. */
  limit?: number
  signal?: AbortSignal
  started?: (check: CheckFacts) => void
  ended?: (outcome: Outcome) => void
  /** Starts the process that runs checks; only tests hand another in. */
  start?: () => ChildProcess
}

/** A full-size step on a slow processor takes minutes. */
const LIMIT = 1800

/**
 * Runs checks in processes of their own, one for each group. A check that ends its process or hangs
 * has failed; the others of its group go on in another process.
 */
export async function runChecks(
  options: RunOptions,
): Promise<{ outcomes: Outcome[]; engine: EngineFacts | null }> {
  const outcomes: Outcome[] = []
  let engine: EngineFacts | null = null
  const groups = Map.groupBy(options.checks, groupOf)
  for (const group of groups.values()) {
    let left = group
    while (left.length > 0) {
      options.signal?.throwIfAborted()
      const ended = await runProcess(left, options)
      engine = ended.engine ?? engine
      outcomes.push(...ended.outcomes)
      left = left.slice(ended.outcomes.length)
    }
  }
  return { outcomes, engine }
}

/** @returns outcomes of the first checks, at least one */
async function runProcess(
  checks: readonly CheckFacts[],
  options: RunOptions,
): Promise<{ outcomes: Outcome[]; engine: EngineFacts | null }> {
  const { start = startProcess, limit = LIMIT, signal } = options
  const child = start()
  const outcomes: Outcome[] = []
  let engine: EngineFacts | null = null
  let startedAt = performance.now()
  let hangs = false
  const kill = (): void => void child.kill('SIGKILL')
  signal?.addEventListener('abort', kill)
  const timeOut = (): void => {
    hangs = true
    kill()
  }
  let timer = setTimeout(timeOut, limit * 1000)
  child.on('message', (message: FromSelftest) => {
    if (message.type === 'engine') engine = message.engine
    else if (message.type === 'outcome') {
      outcomes.push(message.outcome)
      options.ended?.(message.outcome)
    } else {
      startedAt = performance.now()
      clearTimeout(timer)
      timer = setTimeout(timeOut, limit * 1000)
      const check = checks.find(({ id }) => id === message.id)
      if (check) options.started?.(check)
    }
  })
  const job: SelftestJob = { ids: checks.map(({ id }) => id) }
  child.send(job)
  const [code, ended] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  signal?.removeEventListener('abort', kill)
  signal?.throwIfAborted()
  if (outcomes.length < checks.length) {
    const how = hangs ? `was ended after ${limit} s` : `ended (${ended ?? `exit code ${code}`})`
    const failed = broken(checks[outcomes.length], how, (performance.now() - startedAt) / 1e3)
    outcomes.push(failed)
    options.ended?.(failed)
  }
  return { outcomes, engine }
}

function startProcess(): ChildProcess {
  return fork(entryPath('selftest'), [], {
    env: trainerEnvironment(),
    execPath: nodeBinary(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

function broken({ id, title, precision }: CheckFacts, how: string, seconds: number): Outcome {
  const reason = `The process of this check ${how}.`
  return { id, title, precision, state: 'failed', reason, findings: [], measured: null, seconds }
}
