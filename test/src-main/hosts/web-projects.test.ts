import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { projectCard } from '#main/hosts/web/several/project-card.ts'
import { ProjectShelf } from '#main/hosts/web/several/project-shelf.ts'
import { ProjectsSite } from '#main/hosts/web/several/projects-site.ts'
import { openServed, type Served } from '#main/hosts/web/served.ts'
import { serveSite, type WebHost } from '#main/hosts/web/server.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { connect, get, signIn, upgradeStatus } from './web-client.ts'

const temporaryFolder = temporaryFolders()
const page = { accept: 'text/html' }

/** A project with a data set and a run of this name. */
function makeProject(folder: string, run: string): void {
  const project = openProject(folder)
  const { datasets, runs } = project.store
  const datasetId = datasets.ensure({ name: `set of ${run}`, format: 'folder', folder: `/${run}` })
  const config = completeConfig({})
  runs.add({ name: run, config, datasetId, totalSteps: 9, status: 'done' })
  project.close()
}

async function serve(served: Served, pages: string): Promise<WebHost> {
  return serveSite(served.folder, { pages, roots: [] }, served.makeSite)
}

describe('a web host of a folder of projects', () => {
  const parent = mkdtempSync(join(tmpdir(), 'fame-projects-'))
  const built = mkdtempSync(join(tmpdir(), 'fame-page-'))
  let served: Served
  let host: WebHost
  let cookie: string
  beforeAll(async () => {
    writeFileSync(join(built, 'index.html'), '<!doctype html><title>workbench</title>')
    for (const name of ['ada', 'bea & co']) makeProject(join(parent, name), `run-of-${name[0]}`)
    mkdirSync(join(parent, 'videos'))
    served = await openServed({ projects: parent })
    host = await serve(served, built)
    cookie = await signIn(host.url)
  })
  afterAll(async () => {
    await host.close()
    await served.close()
    for (const folder of [parent, built]) rmSync(folder, { recursive: true, force: true })
  })

  it('lets its page choose, and opens a project only when it is chosen', async () => {
    const { status, body } = await get(host.port, '/', { cookie, ...page })
    expect(status).toBe(200)
    expect(body.match(/href="\/[^"]*"/g)).toEqual(['href="/p/ada/"', 'href="/p/bea-co/"'])
    expect(body).toContain('set of run-of-a (0 videos)')
    expect(body).toContain('run-of-b: done')
    expect(body).toContain('bea &amp; co')
    expect(served.workbenches()).toEqual([])
    const own = await get(host.port, '/p/ada/', { cookie, ...page })
    expect([own.status, own.headers.location]).toEqual([307, '/p/ada/'])
    expect((await get(host.port, '/p/ada/', { cookie, ...page })).body).toContain('workbench')
    expect(served.workbenches().map(({ project }) => project.name)).toEqual(['ada'])
  })

  it('keeps what is done in one project out of the others', async () => {
    const ada = await connect(host.port, cookie, '/p/ada/rpc')
    const bea = await connect(host.port, cookie, '/p/bea-co/rpc')
    expect(await ada.client.project.info()).toMatchObject({ name: 'ada', chooser: '../../' })
    expect((await bea.client.runs.list()).map(({ name }) => name)).toEqual(['run-of-b'])
    await ada.client.runs.note({ id: 1, change: { notes: 'of Ada' } })
    expect((await ada.client.runs.list())[0].notes).toBe('of Ada')
    expect((await bea.client.runs.list())[0].notes).toBe('')
    for (const { socket } of [ada, bea]) socket.close()
  })

  it('confines each project to its own folder', async () => {
    const { client, socket } = await connect(host.port, cookie, '/p/ada/rpc')
    const exported = async (folder: string) => {
      const out = join(parent, folder, 'masks.json')
      for await (const event of await client.masks.export({ format: 'coco', out })) void event
    }
    await expect(exported('bea & co')).rejects.toThrow('outside the folders')
    await expect(exported('ada')).resolves.toBeUndefined()
    socket.close()
  })

  it.each(['videos', 'nobody', '...', 'ada%2f..%2fbea-co', 'bea & co'])(
    'refuses the name %j',
    async (name) => {
      const path = `/p/${encodeURI(name).replaceAll('%25', '%')}/`
      expect((await get(host.port, path, { cookie, ...page })).status).toBe(404)
      expect(await upgradeStatus(host.port, { cookie }, `${path}rpc`)).toBe(404)
    },
  )

  it('opens nothing for those who have not logged in', async () => {
    makeProject(join(parent, 'cleo'), 'run-of-c')
    expect((await get(host.port, '/', page)).status).toBe(401)
    expect((await get(host.port, '/p/cleo/', page)).status).toBe(401)
    expect(await upgradeStatus(host.port, {}, '/p/cleo/rpc')).toBe(401)
    expect(served.workbenches().map(({ project }) => project.name)).not.toContain('cleo')
    // A project that is made meanwhile is there at once.
    expect((await get(host.port, '/', { cookie })).body).toContain('href="/p/cleo/"')
  })

  it('says which project another workbench has, and opens it once that has gone', async () => {
    makeProject(join(parent, 'dora'), 'run-of-d')
    const other = openProject(join(parent, 'dora'))
    const busy = await get(host.port, '/p/dora/', { cookie, ...page })
    expect([busy.status, busy.body]).toEqual([409, expect.stringContaining('another workbench')])
    expect(await upgradeStatus(host.port, { cookie }, '/p/dora/rpc')).toBe(409)
    other.close()
    expect((await get(host.port, '/p/dora/', { cookie, ...page })).status).toBe(307)
  })

  it('sends an address with an escaped name to the plain one', async () => {
    makeProject(join(parent, 'eve~2'), 'run-of-e')
    const locations: (string | undefined)[] = []
    for (const path of ['/p/%61da/', '/p/eve%7E2/runs/1?a=%20b', '/p/ad%61/p/x']) {
      const { status, headers } = await get(host.port, path, { cookie, ...page })
      expect(status).toBe(307)
      locations.push(headers.location)
    }
    expect(locations).toEqual(['/p/ada/', '/p/eve~2/runs/1?a=%20b', '/p/ada/p/x'])
  })

  it('sends addresses without a slash, and views, to the page of their project', async () => {
    const found = await get(host.port, '/p/ada', { cookie })
    expect([found.status, found.headers.location]).toEqual([308, '/p/ada/'])
    const view = await get(host.port, '/p/ada/runs/1', { cookie })
    expect(view.headers.location).toBe('/p/ada/#/runs/1')
  })
})

describe('a web host of several projects that were named', () => {
  it('opens all at once, tells equal names apart and works below a base path', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()].map((root) => join(root, 'task'))
    makeProject(one, 'first')
    makeProject(two, 'second')
    const served = await openServed({ project: [one, two] })
    expect(served.about).toEqual({ projects: [one, two] })
    expect(served.workbenches()).toHaveLength(2)
    const options = { roots: [], basePath: '/fame' }
    const host = await serveSite(served.folder, options, served.makeSite)
    const { pathname, search } = new URL(host.url)
    const login = await get(host.port, `${pathname}${search}`)
    expect(login.headers.location).toBe('/fame/')
    const cookie = login.headers['set-cookie']![0].split(';')[0]
    const { body } = await get(host.port, '/fame/', { cookie })
    expect(body.match(/href="\/[^"]*"/g)).toEqual([
      'href="/fame/p/task/"',
      'href="/fame/p/task-2/"',
    ])
    const { client, socket } = await connect(host.port, cookie, '/fame/p/task-2/rpc')
    expect((await client.runs.list()).map(({ name }) => name)).toEqual(['second'])
    socket.close()
    await host.close()
    await served.close()
  })

  it('follows links, and takes two paths to a project for one', async () => {
    const [elsewhere, parent] = [temporaryFolder(), temporaryFolder()]
    makeProject(join(elsewhere, 'ada'), 'first')
    makeProject(join(elsewhere, 'bea'), 'second')
    symlinkSync(join(elsewhere, 'ada'), join(parent, 'linked'))
    symlinkSync(join(elsewhere, 'bea'), join(parent, 'zoe'))
    symlinkSync(join(elsewhere, 'nobody'), join(parent, 'broken'))
    const project = [join(elsewhere, 'ada'), join(parent, 'linked')]
    const served = await openServed({ project, projects: parent })
    expect(served.about).toEqual({ projects: [join(elsewhere, 'ada'), join(parent, 'zoe')] })
    expect(served.workbenches().map(({ project: { name } }) => name)).toEqual(['ada'])
    await served.close()
  })

  it('refuses a folder of projects that is not there', async () => {
    const missing = join(temporaryFolder(), 'none')
    await expect(openServed({ projects: missing })).rejects.toThrow('cannot be read (ENOENT)')
  })
})

describe('a fault of one project', () => {
  it('is answered and does not end the host', async () => {
    const folder = join(temporaryFolder(), 'ada')
    makeProject(folder, 'first')
    const shelf = new ProjectShelf({ folders: [folder] }, () =>
      Promise.reject(new Error('the disk is on fire')),
    )
    const host = await serveSite(folder, { roots: [] }, (options) => {
      return new ProjectsSite(shelf, options)
    })
    const cookie = await signIn(host.url)
    expect(await upgradeStatus(host.port, { cookie }, '/p/ada/rpc')).toBe(500)
    const own = await get(host.port, '/p/ada/', { cookie, ...page })
    expect([own.status, own.body]).toEqual([500, expect.stringContaining('the disk is on fire')])
    expect((await get(host.port, '/', { cookie })).body).toContain('first: done')
    await host.close()
  })

  it('is said on its card, whatever it is', () => {
    const folder = join(temporaryFolder(), 'ada')
    makeProject(folder, 'first')
    const project = openProject(folder)
    project.close()
    const { content, fault } = projectCard('ada', folder, project.store)
    expect(content).toBeNull()
    expect(fault).toContain('not open')
  })
})
