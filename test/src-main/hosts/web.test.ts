import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { jsonLines, startHost } from './run-cli.ts'
import { connect, signIn } from './web-client.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-web-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('the web host as a program', () => {
  it('makes its project, prints its address, and leaves at SIGINT while a client is there', async () => {
    const project = join(root, 'made')
    const host = startHost('web.ts', '--project', project, '--port', 0)
    let stdout = ''
    host.child.stdout?.on('data', (text: string) => (stdout += text))
    await host.printed('\n')
    expect(stdout).toMatch(/^FAME Workbench: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/)
    const url = stdout.trim().split(' ').at(-1)!
    const { client, socket } = await connect(Number(new URL(url).port), await signIn(url))
    expect(await client.project.info()).toMatchObject({ folder: project, host: 'web' })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    host.child.kill('SIGINT')
    expect(await closed).toBe(1001)
    expect((await host.finished).code).toBe(0)
  })

  it('prints its address as JSON when asked', async () => {
    const host = startHost('web.ts', '--project', join(root, 'json'), '--port', 0, '--json')
    await host.printed('\n')
    host.child.kill('SIGTERM')
    const { code, stdout } = await host.finished
    const [line] = jsonLines(stdout)
    expect([code, Object.keys(line)]).toEqual([0, ['url', 'port', 'project']])
  })

  it.each([
    [['--port', 'x'], 'whole number from 0 to 65535'],
    [['--colour'], "'--colour'"],
    [['folder'], "'folder'"],
  ])('ends with 2 for %j', async (args, says) => {
    const { code, stderr } = await startHost('web.ts', ...args).finished
    expect(code).toBe(2)
    expect(stderr).toContain(says)
  })
})
