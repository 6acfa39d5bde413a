import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { belowBase, checkedBasePath, serveBelow } from '#main/hosts/web/base-path.ts'
import { TrustedProxies } from '#main/hosts/web/proxies.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { get, upgradeStatus } from './web-client.ts'

const temporaryFolder = temporaryFolders()

const HOST = 'lab.example.org'
/** What a proxy with TLS adds. */
const forwarded = {
  host: '127.0.0.1',
  'x-forwarded-host': HOST,
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.9',
}

describe('a web host behind a reverse proxy', () => {
  let workbench: Workbench
  let trusting: WebHost
  let wary: WebHost
  beforeAll(async () => {
    workbench = await openWorkbench({ project: temporaryFolder(), host: 'web' })
    const options = { workbench, names: [HOST], basePath: '/fame/' }
    trusting = await startWebHost({ ...options, trustedProxies: ['127.0.0.0/8'] })
    wary = await startWebHost(options)
  })
  afterAll(async () => {
    await trusting.close()
    await wary.close()
    await workbench.close()
  })

  const logIn = async ({ url, port }: WebHost, headers: Record<string, string> = {}) => {
    const { pathname, search } = new URL(url)
    return get(port, `${pathname}${search}`, headers)
  }

  it('logs in below its base path, and has the browser stay there', async () => {
    expect(new URL(wary.url).pathname).toBe('/fame/')
    const { status, headers } = await logIn(wary)
    expect([status, headers.location]).toEqual([303, '/fame/'])
    const cookie = headers['set-cookie']![0].split(';')[0]
    expect((await get(wary.port, '/fame', { cookie })).headers.location).toBe('/fame/')
    expect((await get(wary.port, '/fame/runs/1', { cookie })).headers.location).toBe(
      '/fame/#/runs/1',
    )
    // A proxy may take the base path away.
    const answers = ['/fame/media/frame', '/media/frame'].map((path) =>
      get(wary.port, path, { cookie }),
    )
    const [below, plain] = await Promise.all(answers)
    expect([below.status, below.body]).toEqual([plain.status, plain.body])
    expect(await upgradeStatus(wary.port, { cookie }, '/fame/rpc')).toBe(101)
    expect(await upgradeStatus(wary.port, { cookie })).toBe(101)
    expect(await upgradeStatus(wary.port, { cookie }, '/famerpc')).toBe(404)
  })

  it('gives a cookie for TLS where a trusted proxy says that the browser has it', async () => {
    const { headers } = await logIn(trusting, forwarded)
    expect(headers['set-cookie']![0]).toMatch(/^__Host-fame_\d+=.*; Secure/)
    const cookie = headers['set-cookie']![0].split(';')[0]
    const origin = `https://${HOST}`
    expect(await upgradeStatus(trusting.port, { ...forwarded, cookie, origin }, '/fame/rpc')).toBe(
      101,
    )
    const foreign = { ...forwarded, cookie, origin: 'https://evil.example' }
    expect(await upgradeStatus(trusting.port, foreign, '/fame/rpc')).toBe(403)
  })

  it('refuses a name that it does not have, whoever forwards it', async () => {
    const headers = { ...forwarded, 'x-forwarded-host': 'evil.example' }
    expect((await logIn(trusting, headers)).status).toBe(403)
  })

  it('ignores these headers from anybody else', async () => {
    const { headers } = await logIn(wary, forwarded)
    expect(headers['set-cookie']![0]).toMatch(/^fame_\d+=/)
    expect(headers['set-cookie']![0]).not.toContain('Secure')
  })

  it('says without a session only that it answers', async () => {
    expect(await get(wary.port, '/fame/health')).toMatchObject({ status: 200, body: 'ok' })
    expect((await get(wary.port, '/fame/')).status).toBe(401)
  })
})

describe('forwarded headers', () => {
  const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])
  const seen = (headers: Record<string, string>, remote: string) =>
    proxies.seen((name) => headers[name], remote, { secure: false })

  it.each([
    ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['fd00::7', '2001:db8::1', '2001:db8::1'],
    // The browser may send the header itself: what is nearest counts.
    ['127.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.7', '203.0.113.9'],
    ['127.0.0.1', 'nonsense', '127.0.0.1'],
    ['192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ])('from %s with %j come from %s', (remote, chain, address) => {
    expect(seen({ 'x-forwarded-for': chain }, remote).address).toBe(address)
  })

  it('have the host and the encryption of the nearest proxy', () => {
    const headers = {
      host: 'a',
      'x-forwarded-host': 'evil, lab',
      'x-forwarded-proto': 'http, https',
    }
    const trusted = seen(headers, '127.0.0.1')
    expect([trusted.header('host'), trusted.secure]).toEqual(['lab', true])
    const other = seen(headers, '192.0.2.1')
    expect([other.header('host'), other.secure]).toEqual(['a', false])
  })

  it.each(['proxy', '10.0.0.0/33', '10.0.0.0/8/8', '1.2.3.4/x', ''])(
    'refuse %j as a proxy',
    (text) => {
      expect(() => new TrustedProxies([text])).toThrow('expected an address')
    },
  )
})

describe('a base path', () => {
  it.each([
    [undefined, ''],
    ['/', ''],
    ['/fame/', '/fame'],
    ['/lab/fame', '/lab/fame'],
    ['/.fame/v1..2', '/.fame/v1..2'],
  ])('%j is used as %j', (given, base) => {
    expect(checkedBasePath(given)).toBe(base)
  })

  it.each(['fame', '/fa me', '//fame', '/a/../b', '/..', '/./a', '/a/.', '/a"', '/<b>'])(
    'is refused where it is %j',
    (given) => {
      expect(() => checkedBasePath(given)).toThrow('--base-path')
    },
  )

  it('is taken away only where it ends at a slash', () => {
    expect(belowBase('/fame/rpc?x', '/fame')).toBe('/rpc?x')
    expect(belowBase('/famed/rpc', '/fame')).toBe('/famed/rpc')
  })
})

it('closes the connection of an upgrade that fails, and goes on', async () => {
  const server = createServer()
  serveBelow(server, '', {
    answer: (_request, response) => void response.end('well'),
    upgrade: () => Promise.reject(new Error('no such thing')),
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await once(socket, 'close')
  expect((await get(port, '/')).body).toBe('well')
  server.close()
})
