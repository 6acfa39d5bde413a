import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { get, signIn, upgradeStatus } from './web-client.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-web-'))
const pages = join(root, 'pages')
let workbench: Workbench
let host: WebHost
let cookie: string

beforeAll(async () => {
  mkdirSync(join(pages, 'assets'), { recursive: true })
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>FAME Workbench</title>')
  writeFileSync(join(pages, 'assets', 'app-1a2b.js'), 'export {}')
  writeFileSync(join(root, 'secret.txt'), 'secret')
  symlinkSync(join(root, 'secret.txt'), join(pages, 'assets', 'link.txt'))
  workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
  host = await startWebHost({ workbench, pages })
  cookie = await signIn(host.url)
})

afterAll(async () => {
  await host.close()
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

describe('the token', () => {
  it('is traded for a cookie that scripts and other sites cannot use', async () => {
    const { search } = new URL(host.url)
    const { status, headers } = await get(host.port, `/${search}`)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict/)
    expect(headers['set-cookie']?.[0]).not.toContain(new URL(host.url).searchParams.get('token'))
  })

  it('is required for pages, pictures and files alike', async () => {
    for (const path of ['/', '/runs', '/media/thumbnail?videoId=1', '/assets/app-1a2b.js']) {
      expect((await get(host.port, path)).status, path).toBe(401)
    }
  })

  it.each(['', 'x', 'A'.repeat(43), '%00', 'é'.repeat(43)])('refuses %j', async (token) => {
    const answer = await get(host.port, `/?token=${encodeURIComponent(token)}`)
    expect(answer.status).toBe(401)
    expect(answer.headers['set-cookie']).toBeUndefined()
    const forged = `${cookie.split('=')[0]}=${encodeURIComponent(token)}`
    expect((await get(host.port, '/', { cookie: forged })).status).toBe(401)
  })

  it('is good for logging in only', async () => {
    const token = new URL(host.url).searchParams.get('token')!
    const authorization = `Bearer ${token}`
    expect((await get(host.port, '/', { authorization })).status).toBe(401)
    expect((await get(host.port, `/runs?token=${token}`)).status).toBe(401)
    const forged = `${cookie.split('=')[0]}=${token}`
    expect((await get(host.port, '/', { cookie: forged })).status).toBe(401)
  })

  it('is another one at every start', async () => {
    const again = await startWebHost({ workbench, pages })
    const old = new URL(host.url).search
    expect((await get(again.port, `/${old}`)).status).toBe(401)
    expect(new URL(again.url).search).not.toBe(old)
    await again.close()
  })

  it('comes back by way of the page itself after a link on another site', async () => {
    const { search } = new URL(host.url)
    const { status, headers, body } = await get(host.port, `/${search}`, {
      'sec-fetch-site': 'cross-site',
    })
    expect(status).toBe(200)
    const given = headers['set-cookie']![0].split(';')[0]
    expect((await get(host.port, '/', { cookie: given })).status).toBe(200)
    expect(body).toContain('http-equiv="refresh"')
  })
})

describe('foreign hosts and origins', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '10.0.0.1',
    '127.0.0.1.evil.example',
    'evil.example.',
  ])('refuses the host %j, as after DNS rebinding', async (name) => {
    const token = new URL(host.url).search
    expect((await get(host.port, '/', { host: name, cookie })).status).toBe(403)
    expect((await get(host.port, `/${token}`, { host: name })).status).toBe(403)
    expect(await upgradeStatus(host.port, { host: name, cookie })).toBe(403)
  })

  it.each(['localhost:9000', '127.0.0.1:9000', '[::1]:9000'])(
    'serves %s, as through a tunnel',
    async (name) => {
      expect((await get(host.port, '/', { host: name, cookie })).status).toBe(200)
      const origin = `http://${name}`
      expect(await upgradeStatus(host.port, { host: name, cookie, origin })).toBe(101)
    },
  )

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'file://'])(
    'refuses the origin %j',
    async (origin) => {
      expect((await get(host.port, '/', { origin, cookie })).status).toBe(403)
      expect(await upgradeStatus(host.port, { origin, cookie })).toBe(403)
    },
  )

  it('refuses what a browser marks as sent by another site', async () => {
    const headers = { cookie, 'sec-fetch-site': 'cross-site' }
    expect((await get(host.port, '/media/thumbnail?videoId=1', headers)).status).toBe(403)
  })
})

describe('the WebSocket', () => {
  it('opens for the cookie alone', async () => {
    expect(await upgradeStatus(host.port, {})).toBe(401)
    expect(await upgradeStatus(host.port, { cookie: 'fame=1' })).toBe(401)
    expect(await upgradeStatus(host.port, { cookie })).toBe(101)
    expect(await upgradeStatus(host.port, { cookie }, '/elsewhere')).toBe(404)
  })
})

describe('answers', () => {
  it('carry a policy that allows nothing from outside and no inline script', async () => {
    for (const headers of [{ cookie }, { cookie: '' }]) {
      const answer = await get(host.port, '/', headers)
      const policy = String(answer.headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toMatch(/script-src 'self'(;|$)/)
      expect(policy).toContain("frame-ancestors 'none'")
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['referrer-policy']).toBe('no-referrer')
    }
  })

  it('explain to a person, in a page, how to log in', async () => {
    for (const path of ['/', '/?token=wrong']) {
      const { status, headers, body } = await get(host.port, path, { accept: 'text/html' })
      expect([status, headers['content-type']]).toEqual([401, 'text/html; charset=UTF-8'])
      expect(body).toContain('<code>bin/fame serve</code>')
      expect(body).not.toContain('<script')
    }
  })

  it('serve the page, and files with their types', async () => {
    const { status, headers, body } = await get(host.port, '/', { cookie })
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).toContain('FAME Workbench')
    const script = await get(host.port, '/assets/app-1a2b.js', { cookie })
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(script.headers['cache-control']).toContain('immutable')
  })

  it.each([
    ['/masks', '/#/masks'],
    ['/runs/12?of=3', '/#/runs/12?of=3'],
    ['//evil.example/x', '/#/evil.example/x'],
  ])('lead %s to the view, whose address is behind #', async (path, location) => {
    const { status, headers } = await get(host.port, path, { cookie })
    expect([status, headers.location]).toEqual([302, location])
  })

  it('are compressed as the client takes them', async () => {
    const file = join(pages, 'assets', 'big-3c4d.js')
    writeFileSync(file, 'plain')
    writeFileSync(`${file}.br`, brotliCompressSync('small'))
    writeFileSync(`${file}.gz`, gzipSync('middling'))
    const answer = async (accepted: string) => {
      const { headers } = await get(host.port, '/assets/big-3c4d.js', {
        cookie,
        'accept-encoding': accepted,
      })
      expect(headers.vary).toBe('accept-encoding')
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
      return headers['content-encoding']
    }
    expect(await answer('gzip, deflate, br, zstd')).toBe('br')
    expect(await answer('gzip, br;q=0')).toBe('gzip')
    expect(await answer('identity')).toBeUndefined()
    expect((await get(host.port, '/assets/big-3c4d.js', { cookie })).body).toBe('plain')
    const zipped = { cookie, 'accept-encoding': 'gzip' }
    const { headers } = await get(host.port, '/assets/app-1a2b.js', zipped)
    expect(headers['content-encoding']).toBeUndefined()
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/link.txt',
    '/secret.txt%00.html',
    '//etc/passwd',
  ])('never leave the folder of the page: %s', async (path) => {
    const { status, body } = await get(host.port, path, { cookie })
    expect(body).not.toContain('secret')
    expect(body).not.toContain('root:')
    // Without a file ending the address is a view of the page.
    expect(path === '//etc/passwd' ? status === 302 : status >= 400).toBe(true)
  })

  it('refuse to be changed', async () => {
    const response = await fetch(`http://127.0.0.1:${host.port}/`, {
      method: 'POST',
      headers: { cookie },
    })
    expect(response.status).toBe(405)
  })
})

describe('listening', () => {
  it('says what to do about a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await expect(startWebHost({ workbench, port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Choose another with --port`,
    )
    server.close()
  })
})
