import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportsPath, uploadedSchema, uploadsPath } from '#shared/contract/transfers.ts'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { Uploads } from '#main/hosts/web/uploads.ts'
import { NpzArchive } from '#main/masks/formats/npz-archive.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { connect, signIn } from './web-client.ts'

const top = mkdtempSync(join(tmpdir(), 'fame-transfers-'))
const ID = '0123456789abcdef'
let workbench: Workbench
let host: WebHost
let cookie: string

beforeAll(async () => {
  workbench = await openWorkbench({ project: join(top, 'project'), host: 'web' })
  host = await startWebHost({ workbench, roots: [] })
  cookie = await signIn(host.url)
})

afterAll(async () => {
  await host.close()
  await workbench.close()
  rmSync(top, { recursive: true, force: true })
})

const address = (path: string) => `http://127.0.0.1:${host.port}${path}`

function put(
  path: string,
  body: RequestInit['body'],
  headers: Record<string, string> = { cookie },
) {
  return fetch(address(`${uploadsPath}/${path}`), { method: 'PUT', body, headers })
}

function take(path: string, headers: Record<string, string> = { cookie }) {
  return fetch(address(`${exportsPath}/${path}`), { headers })
}

/** Where a link leads; nothing where it has gone meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

describe('an upload', () => {
  it('is stored byte by byte where the answer says, and can be imported from there', async () => {
    const text = JSON.stringify({ images: [{ id: 1, file_name: 'none.avi#0-4x1' }] })
    const answer = await put(`${ID}/my%20masks%20%C3%A4.json`, text)
    const { file } = uploadedSchema.parse(await answer.json())
    expect(readFileSync(file, 'utf8')).toBe(text)
    const { client, socket } = await connect(host.port, cookie)
    const outcomes: string[] = []
    for await (const event of await client.masks.import({ file })) {
      if (event.type === 'done') outcomes.push(...Object.keys(event.outcomes))
    }
    socket.close()
    expect(outcomes).toEqual(['no-decision'])
  })

  it('of a folder keeps its files together', async () => {
    const files = await Promise.all(
      ['masks/manifest.json', 'masks/a/b.png'].map(async (path) => {
        const answer = await put(`${ID.replace('0', '1')}/${path}`, path)
        return uploadedSchema.parse(await answer.json()).file
      }),
    )
    expect(files[1]).toBe(files[0].replace('manifest.json', 'a/b.png'))
  })

  it('is refused without a session, and from pages of other sites', async () => {
    expect((await put(`${ID}/a`, 'a', {})).status).toBe(401)
    expect((await put(`${ID}/a`, 'a', { cookie, origin: 'http://evil.example' })).status).toBe(403)
    expect((await put(`${ID}/a`, 'a', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  it.each(['..%2Fa', 'a/..%2F..%2Fb', '%00', 'a%5C..%5Cb', 'a//b', '%E0%A4%A'])(
    'never leaves its folder: %s',
    async (path) => {
      expect((await put(`${ID}/${path}`, 'a')).status).toBe(400)
      expect((await put(path, 'a')).status).toBe(400)
    },
  )

  it('that is too large is refused with the limit, and leaves nothing', async () => {
    const folder = join(top, 'small')
    const uploads = new Uploads(folder, 2 ** 20)
    const receive = (name: string, bytes: number, headers = {}) =>
      uploads.receive(
        new Request(address(`${uploadsPath}/${ID}/${name}`), {
          method: 'PUT',
          headers,
          body: new Uint8Array(bytes),
        }),
      )
    expect((await receive('a', 900_000)).status).toBe(200)
    const refused = await receive('b', 200_000)
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('1 MB')])
    const declared = { 'content-length': String(2 ** 40) }
    expect((await receive('c', 1, declared)).status).toBe(413)
    expect(readdirSync(join(folder, ID))).toEqual(['a'])
  })

  it('with a name that no disk takes, or two of one name, is refused in plain words', async () => {
    const id = ID.replace('0', '2')
    expect((await put(`${id}/${'n'.repeat(255)}`, 'a')).status).toBe(200)
    const long = await put(`${id}/${'n'.repeat(300)}`, 'a')
    expect([long.status, await long.text()]).toEqual([400, expect.stringContaining('255 bytes')])
    expect((await put(`${id}/a`, 'a')).status).toBe(200)
    expect((await put(`${id}/f/b`, 'a')).status).toBe(200)
    for (const path of [`${id}/a/b`, `${id}/f`]) {
      const clash = await put(path, 'a')
      expect([clash.status, await clash.text()]).toEqual([
        409,
        expect.stringContaining('same name'),
      ])
    }
    const folder = join(workbench.project.cacheFolder, 'uploads', id)
    expect(readdirSync(folder).sort()).toEqual(['a', 'f', 'n'.repeat(255)])
  })

  it('is removed after a day, when the next one begins', async () => {
    const folder = join(top, 'old')
    const old = join(folder, 'f'.repeat(16))
    mkdirSync(old, { recursive: true })
    utimesSync(old, new Date(0), new Date(0))
    const uploads = new Uploads(folder)
    const url = address(`${uploadsPath}/${ID}/a`)
    expect((await uploads.receive(new Request(url, { method: 'PUT', body: 'a' }))).status).toBe(200)
    expect(existsSync(old)).toBe(false)
  })
})

describe('a download', () => {
  it('is the export byte by byte, under its own name', async () => {
    const { exportsFolder } = workbench.project
    mkdirSync(exportsFolder, { recursive: true })
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251))
    writeFileSync(join(exportsFolder, 'mäsks.npz'), bytes)
    const answer = await take('m%C3%A4sks.npz')
    expect(answer.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''m%C3%A4sks.npz",
    )
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
  })

  it('of a folder is an archive of it, which is gone from the cache afterwards', async () => {
    const folder = join(workbench.project.exportsFolder, 'pictures')
    mkdirSync(join(folder, 'a'), { recursive: true })
    writeFileSync(join(folder, 'manifest.json'), '{}')
    writeFileSync(join(folder, 'a', 'b.png'), 'picture')
    writeFileSync(join(folder, 'empty'), '')
    // Several pieces of a stream, which compress to several as well.
    const large = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i * 7919) >> 5))
    writeFileSync(join(folder, 'large'), large)
    const answer = await take('pictures')
    expect(answer.headers.get('content-disposition')).toContain('pictures.zip')
    const file = join(top, 'got.zip')
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
    const zip = await NpzArchive.open(file)
    expect((await zip.read('pictures/a/b.png', 100)).toString()).toBe('picture')
    expect(zip.has('pictures/manifest.json')).toBe(true)
    expect((await zip.read('pictures/empty', 100)).length).toBe(0)
    expect(Buffer.from(await zip.read('pictures/large', 1e6)).equals(large)).toBe(true)
    await zip.close()
    expect(readdirSync(join(workbench.project.cacheFolder, 'downloads'))).toEqual([])
  })

  it('leaves no file open where only its headers are asked for', async () => {
    writeFileSync(join(workbench.project.exportsFolder, 'open.json'), '{}')
    const headers = { cookie }
    const answer = await fetch(address(`${exportsPath}/open.json`), { method: 'HEAD', headers })
    expect(answer.status).toBe(405)
    if (process.platform !== 'linux') return
    const open = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`))
    expect(open.filter((path) => path.endsWith('open.json'))).toEqual([])
  })

  it('is of the exports folder alone', async () => {
    const { exportsFolder, folder } = workbench.project
    mkdirSync(exportsFolder, { recursive: true })
    writeFileSync(join(top, 'secret'), 'secret')
    symlinkSync(join(top, 'secret'), join(exportsFolder, 'link'))
    expect(existsSync(join(folder, 'workbench.sqlite'))).toBe(true)
    for (const path of [
      'link',
      'none',
      '..%2Fworkbench.sqlite',
      '%2E%2E/workbench.sqlite',
      '%00',
    ]) {
      expect((await take(path)).status, path).toBe(404)
    }
    expect((await take('link', {})).status).toBe(401)
  })
})
