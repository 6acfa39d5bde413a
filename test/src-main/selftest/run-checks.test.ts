import { fork } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runChecks, type RunOptions } from '#main/selftest/run-checks.ts'

const program = join(import.meta.dirname, 'ending-selftest.mjs')

function run(ids: string[], options: Partial<RunOptions> = {}) {
  const checks = ids.map((id) => ({ id, title: id, precision: null }))
  return runChecks({ checks, start: () => fork(program), ...options })
}

describe('checks in processes of their own', () => {
  it('go on after one that has crashed, which has failed', async () => {
    const seen: string[] = []
    const { outcomes } = await run(['a/1', 'a/crash', 'a/3', 'b/1'], {
      ended: ({ id, state }) => seen.push(`${id} ${state}`),
    })
    expect(outcomes.map(({ state }) => state)).toEqual(['passed', 'failed', 'passed', 'passed'])
    expect(outcomes[1].reason).toBe('The process of this check ended (SIGSEGV).')
    expect(seen).toEqual(['a/1 passed', 'a/crash failed', 'a/3 passed', 'b/1 passed'])
  })

  it('go on after one that hangs', async () => {
    const { outcomes } = await run(['a/hang', 'a/2'], { limit: 1 })
    expect(outcomes.map(({ state }) => state)).toEqual(['failed', 'passed'])
    expect(outcomes[0].reason).toBe('The process of this check was ended after 1 s.')
  })

  it('end when they are aborted', async () => {
    const control = new AbortController()
    const running = run(['a/hang'], { signal: control.signal, started: () => control.abort() })
    await expect(running).rejects.toThrow(/abort/i)
  })
})
