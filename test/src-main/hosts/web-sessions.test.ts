import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { sessionLifetime, Sessions } from '#main/hosts/web/sessions.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { jsonLines, runCli } from './run-cli.ts'
import { connect, get, post, signIn } from './web-client.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-sessions-'))
const folder = join(root, 'project', 'sessions')
let workbench: Workbench
let host: WebHost

beforeAll(async () => {
  workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
  host = await startWebHost({ workbench })
})

afterAll(async () => {
  await host.close()
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

/** The file of the session that a cookie belongs to. */
function fileOf(cookie: string): string {
  return join(folder, cookie.split('=')[1].split('.')[0])
}

async function status(cookie: string, port = host.port): Promise<number> {
  return (await get(port, '/media/', { cookie })).status
}

describe('a session', () => {
  it('is stored without its secret, for the owner alone', async () => {
    const cookie = await signIn(host.url)
    const [, secret] = cookie.split('.')
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(readFileSync(fileOf(cookie), 'utf8')).not.toContain(secret)
    expect(statSync(fileOf(cookie)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('has a cookie that is named after the port and lasts as long as it', async () => {
    const { headers } = await get(host.port, `/${new URL(host.url).search}`)
    const cookie = headers['set-cookie']![0]
    expect(cookie).toMatch(new RegExp(`^fame_${host.port}=[0-9a-f]{16}\\.`))
    expect(cookie).toContain('; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000')
  })

  it('survives a restart on the same port', async () => {
    const cookie = await signIn(host.url)
    const { port } = host
    await host.close()
    host = await startWebHost({ workbench, port })
    expect(await status(cookie)).not.toBe(401)
  })

  it('ends after 30 days without use, and any use begins them again', async () => {
    const cookie = await signIn(host.url)
    const days = (count: number) => new Date(Date.now() - count * 86_400_000)
    utimesSync(fileOf(cookie), days(29), days(29))
    expect(await status(cookie)).not.toBe(401)
    expect(Date.now() - statSync(fileOf(cookie)).mtimeMs).toBeLessThan(86_400_000)
    utimesSync(fileOf(cookie), days(31), days(31))
    expect(await status(cookie)).toBe(401)
    expect(sessionLifetime).toBe(30 * 86_400_000)
  })

  it('is not taken for another one, nor from a file that others may write', async () => {
    const [one, two] = [await signIn(host.url), await signIn(host.url)]
    const mixed = `${one.split('.')[0]}.${two.split('.')[1]}`
    for (const cookie of [mixed, one.split('.')[0], `${one}.x`, one.replace('=', '=../')])
      expect(await status(cookie), cookie).toBe(401)
    expect(await status(one)).not.toBe(401)
  })

  it('is ended by its browser, with its open pages', async () => {
    const [cookie, other] = [await signIn(host.url), await signIn(host.url)]
    const { socket } = await connect(host.port, cookie)
    const closed = once(socket, 'close')
    const foreign = await post(host.port, '/log-out', { cookie, origin: 'http://evil.example' })
    expect(foreign.status).toBe(403)
    const { status: answer, headers } = await post(host.port, '/log-out', { cookie })
    expect(answer).toBe(204)
    expect(headers['set-cookie']?.[0]).toMatch(/Max-Age=0/)
    expect((await closed)[0]).toBe(4401)
    expect([await status(cookie), await status(other)]).not.toContain(200)
    expect(await status(cookie)).toBe(401)
    expect(await status(other)).not.toBe(401)
  })

  it('is listed and ended from the command line while the host runs', async () => {
    const cookie = await signIn(host.url)
    const id = fileOf(cookie).split('/').at(-1)!
    const project = ['--project', join(root, 'project')]
    const listed = await runCli('sessions', 'list', '--json', ...project)
    const [sessions] = jsonLines<{ id: string; address: string }[]>(listed.stdout)
    expect(sessions.find((each) => each.id === id)).toMatchObject({ address: '127.0.0.1' })
    const ended = await runCli('sessions', 'end', id, ...project)
    expect([ended.code, ended.stderr]).toEqual([0, 'Ended 1 session.\n'])
    expect(await status(cookie)).toBe(401)
    const again = await runCli('sessions', 'end', id, ...project)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('There is no session')])
  })
})

describe('sessions', () => {
  it('are a hundred at most: the one used longest ago ends', async () => {
    const sessions = new Sessions(join(root, 'many'))
    const first = await sessions.begin({ browser: 'first', address: '::1' })
    const hourAgo = new Date(Date.now() - 3_000_000)
    utimesSync(join(root, 'many', first.split('.')[0]), hourAgo, hourAgo)
    for (let i = 0; i < 100; i++) await sessions.begin({ browser: `${i}`, address: '::1' })
    expect(readdirSync(join(root, 'many'))).toHaveLength(100)
    expect(await sessions.find(first)).toBeNull()
  })

  it('show what a browser calls itself without control characters', async () => {
    const sessions = new Sessions(join(root, 'odd'))
    await sessions.begin({ browser: '\u001b[31mred\n', address: 'x'.repeat(500) })
    const [{ browser, address }] = await sessions.list()
    expect(browser).toBe('?[31mred?')
    expect(address).toHaveLength(200)
  })
})
