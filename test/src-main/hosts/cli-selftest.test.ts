import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCli } from './run-cli.ts'

describe('fame selftest', () => {
  it('refuses a folder that it cannot write to before it checks anything', async () => {
    const file = fileURLToPath(import.meta.url)
    const { code, stderr } = await runCli('selftest', '--only', 'masks/tree', '--out', file)
    expect(code).not.toBe(0)
    expect(stderr).toContain('The report cannot be written to')
    expect(stderr).not.toMatch(/Checking|passed/)
  })
})

describe('fame selftest --list', () => {
  it('names the checks as lines, and as one JSON value', async () => {
    const plain = await runCli('selftest', '--list', '--only', 'masks')
    const json = await runCli('selftest', '--list', '--only', 'masks', '--json')
    const checks = JSON.parse(json.stdout) as { id: string; title: string }[]
    expect(checks.map(({ id }) => id)).toEqual(plain.stdout.trim().split('\n'))
    expect(checks.every(({ id, title }) => id.startsWith('masks') && title !== '')).toBe(true)
  })
})
