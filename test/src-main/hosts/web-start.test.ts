import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FailedLogins } from '#main/hosts/web/failed-logins.ts'
import { openInBrowser } from '#main/hosts/web/open-browser.ts'
import { isOwnHost } from '#main/hosts/web/origin.ts'
import { startHost } from './run-cli.ts'
import { get } from './web-client.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-tls-'))
const cert = join(root, 'cert.pem')
const key = join(root, 'key.pem')
const hasOpenSsl = (() => {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
})()

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe.skipIf(!hasOpenSsl)('TLS', () => {
  beforeAll(() => {
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
  })

  it('encrypts, and binds the cookie to this host and to TLS', async () => {
    const tls = ['--tls-cert', cert, '--tls-key', key]
    const host = startHost('web.ts', '--project', join(root, 'tls'), '--port', 0, '--json', ...tls)
    await host.printed('\n')
    host.child.kill('SIGTERM')
    const { stdout, stderr, code } = await host.finished
    expect([code, stderr]).toEqual([0, ''])
    expect((JSON.parse(stdout) as { url: string }).url).toMatch(
      /^https:\/\/127\.0\.0\.1:\d+\/\?token=/,
    )
  })

  it('gives a __Host- cookie', async () => {
    const tls = ['--tls-cert', cert, '--tls-key', key]
    const host = startHost('web.ts', '--project', join(root, 'tls'), '--port', 0, ...tls)
    let stdout = ''
    host.child.stdout?.on('data', (text: string) => (stdout += text))
    await host.printed('\n')
    const url = stdout.trim().split(' ').at(-1)!
    const cookie = await new Promise<string>((resolve, reject) => {
      const call = request(url, { rejectUnauthorized: false }, (response) => {
        response.resume()
        resolve(response.headers['set-cookie']![0])
      })
      call.on('error', reject).end()
    })
    expect(cookie).toMatch(/^__Host-fame_\d+=.*; Path=\/; .*; Secure$/)
    host.child.kill('SIGTERM')
    await host.finished
  })

  it('is refused with one file, or with a key of another certificate', async () => {
    const start = (...args: string[]) =>
      startHost('web.ts', '--project', join(root, 'no'), ...args).finished
    expect((await start('--tls-cert', cert)).stderr).toContain('Name them with --tls-cert and')
    const missing = join(root, 'none.pem')
    expect((await start('--tls-cert', cert, '--tls-key', missing)).stderr).toContain(missing)
    expect((await start('--tls-cert', cert, '--tls-key', cert)).stderr).toContain('its own key')
    expect(existsSync(join(root, 'no'))).toBe(false)
  })
})

describe('the token file', () => {
  const start = (file: string) => {
    const host = startHost(
      'web.ts',
      '--project',
      join(root, 'token'),
      '--port',
      0,
      '--token-file',
      file,
    )
    return host
  }

  it('keeps the token over restarts, for the owner alone', async () => {
    const file = join(root, 'token.txt')
    const printed: string[] = []
    for (let i = 0; i < 2; i++) {
      const host = start(file)
      await host.printed('\n')
      host.child.kill('SIGTERM')
      printed.push((await host.finished).stdout)
    }
    const token = readFileSync(file, 'utf8').trim()
    expect(printed.every((line) => line.endsWith(`token=${token}\n`))).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is refused when others may read it or it could be guessed', async () => {
    const file = join(root, 'bad.txt')
    writeFileSync(file, 'x'.repeat(40), { mode: 0o644 })
    expect((await start(file).finished).stderr).toContain('chmod 600')
    chmodSync(file, 0o600)
    writeFileSync(file, 'short')
    expect((await start(file).finished).stderr).toContain('32 to 256')
  })
})

describe('opening the browser', () => {
  it('goes by a page of the owner alone, whose name has no secret, and takes it away', async () => {
    const opened: string[] = []
    const url = 'http://127.0.0.1:4180/?token=a&b="c'
    const remove = await openInBrowser(url, root, (address) => opened.push(address))
    const page = new URL(opened[0]).pathname
    expect(opened[0]).not.toContain('token')
    expect(statSync(page).mode & 0o777).toBe(0o600)
    expect(statSync(join(page, '..')).mode & 0o777).toBe(0o700)
    expect(readFileSync(page, 'utf8')).toContain(
      'url=http://127.0.0.1:4180/?token=a&amp;b=&quot;c"',
    )
    await remove()
    expect(existsSync(join(page, '..'))).toBe(false)
  })
})

describe('names of the host', () => {
  it('are compared whole', () => {
    expect(isOwnHost('vm.evil.example', '0.0.0.0')).toBe(false)
    expect(isOwnHost('lab.example:80', '0.0.0.0', ['LAB.example'])).toBe(true)
    expect(isOwnHost('a.lab.example', '0.0.0.0', ['lab.example'])).toBe(false)
    expect(isOwnHost('192.0.2.7', '0.0.0.0')).toBe(true)
    expect(isOwnHost('192.0.2.7', '127.0.0.1')).toBe(false)
  })
})

describe('failed log-ins', () => {
  it('are refused at once when there are many, and told in few lines', () => {
    const lines: string[] = []
    const failures = new FailedLogins((line) => lines.push(line))
    const answers = Array.from({ length: 30 }, (_, i) => failures.count('192.0.2.1', i * 100))
    expect(answers.indexOf(true)).toBe(20)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('192.0.2.1')
    expect(failures.count('192.0.2.1', 120_000)).toBe(false)
    expect(lines).toHaveLength(2)
  })

  it('do not keep the right token out', async () => {
    const host = startHost('web.ts', '--project', join(root, 'many'), '--port', 0, '--json')
    let stdout = ''
    host.child.stdout?.on('data', (text: string) => (stdout += text))
    await host.printed('\n')
    const { url, port } = JSON.parse(stdout) as { url: string; port: number }
    const wrong = await Promise.all(Array.from({ length: 40 }, () => get(port, '/?token=no')))
    expect(new Set(wrong.map(({ status }) => status))).toEqual(new Set([401, 429]))
    expect((await get(port, new URL(url).search.replace('?', '/?'))).status).toBe(303)
    host.child.kill('SIGTERM')
    expect((await host.finished).stderr).toMatch(/A log-in from 127\.0\.0\.1 was refused/)
  })
})
