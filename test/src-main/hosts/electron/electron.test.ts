import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { portReply, portRequest } from '#shared/contract/transport.ts'
import { openProject } from '#main/store/project.ts'
import { writeTinySet } from '../tiny-videos.ts'
import { buildBundles } from './bundle.ts'
import type { Sight } from './scenario.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'fame-electron-'))
const project = join(root, 'project')
let out: string

beforeAll(async () => {
  out = await buildBundles('test-electron')
  mkdirSync(join(root, 'set'))
  await writeTinySet(join(root, 'set'), 2, 0)
})

afterAll(() => {
  rmSync(root, { recursive: true, force: true })
  rmSync(out, { recursive: true, force: true })
})

/** Runs the built main bundle against the fake; returns what the scenario reports. */
function run<Report>(environment: Record<string, string> = {}): Promise<Report> {
  const bundle = pathToFileURL(join(out, 'main', 'electron.js')).href
  const child = fork(here('scenario.ts'), [bundle, '--project', project], {
    execArgv: ['--import', pathToFileURL(here('use-fake-electron.ts')).href],
    env: { ...process.env, FAME_SET: join(root, 'set'), ...environment },
  })
  return new Promise((resolve, reject) => {
    child.once('message', (report) => resolve(report as Report))
    child.once('exit', (code) => reject(new Error(`The scenario ended with ${code}`)))
  })
}

describe('the built main bundle', () => {
  let sight: Sight
  beforeAll(async () => {
    sight = await run<Sight>()
  })

  it('opens one window without Node, isolated and sandboxed', () => {
    expect(sight.sandboxed).toBe(true)
    expect(sight.window.webPreferences).toEqual({
      preload: join(out, 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
    })
    expect(sight.shown).toBe(true)
  })

  it('serves the page with its policy from a scheme of its own', () => {
    expect(sight.schemes).toMatchObject([
      { scheme: 'app', privileges: { standard: true, secure: true } },
    ])
    expect(sight.loaded).toBe('app://workbench/')
    expect(sight.answers['/']).toMatchObject({
      status: 200,
      body: expect.stringContaining('FAME Workbench'),
    })
    expect(sight.answers['/runs']).toMatchObject({
      status: 302,
      headers: { location: '/#/runs' },
    })
    for (const path of ['/', '/runs']) {
      const { headers } = sight.answers[path]
      expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';/)
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })

  it('serves nothing else', () => {
    const status = Object.fromEntries(
      Object.entries(sight.answers).map(([path, answer]) => [path, answer.status]),
    )
    expect(status).toMatchObject({ '/missing.js': 404, '/media/thumbnail': 400, foreign: 404 })
    expect(status['/../../package.json']).toBe(404)
  })

  it('refuses permissions, navigation, web views and windows', () => {
    expect(sight.permissions).toEqual(Array.from({ length: 5 }, () => false))
    expect(sight.prevented).toEqual({
      navigation: true,
      redirect: true,
      frame: true,
      webview: true,
      own: false,
    })
    expect(new Set(Object.values(sight.opened))).toEqual(new Set(['deny']))
    expect(sight.external).toEqual(['https://github.com/x'])
  })

  it('lets its own page show notifications, and no other', () => {
    expect(sight.notifications).toEqual([true, true, false, false])
  })

  it('comes to the front when the page asks for it', () => {
    expect(sight.focused).toBe(1)
  })

  it('asks before it closes over a run, and not without one', () => {
    expect(sight.closed).toEqual([true, false, true])
    expect(sight.asked.filter((question) => question.includes('run'))).toEqual([
      'A run is training.',
      'A run is training.',
    ])
  })

  it('asks before it leaves a page with unsaved changes', () => {
    expect(sight.left).toEqual([false, true])
    expect(sight.asked[0]).toContain('not been saved yet')
  })

  it('gives a port to its own top frame alone', () => {
    expect(sight.strangersWithPorts).toEqual([])
  })

  it('answers calls and streams through the port, with decoders of its own', () => {
    expect(sight.info).toEqual({
      name: 'project',
      folder: project,
      host: 'electron',
      chooser: null,
    })
    expect(sight.events.at(-1)).toBe('done')
    expect(sight.thumbnail).toMatchObject({ status: 200, type: 'image/jpeg' })
    expect(sight.thumbnail.bytes).toBeGreaterThan(100)
  })

  it('holds the exit back until the project is closed', () => {
    expect([sight.held, sight.exits]).toEqual([true, [0]])
    openProject(project).close()
  })

  it('loads no native module but SQLite into the host, and pictures of masks when they are asked for', () => {
    const imported = [...new Set(importsOf(join(out, 'main', 'electron.js')))]
    const lazy = [...new Set(importsOf(join(out, 'main', 'electron.js'), /import\(\s*"([^"]+)"/g))]
    expect(lazy).toContain('sharp')
    for (const native of ['node-av', '@tensorflow/tfjs-node-gpu', 'piscina']) {
      expect(lazy.filter((name) => name.startsWith(native))).toEqual([])
    }
    expect(imported).toContain('better-sqlite3')
    for (const native of ['node-av', 'sharp', '@tensorflow/tfjs-node-gpu', 'piscina']) {
      expect(imported.filter((name) => name.startsWith(native))).toEqual([])
    }
  })
})

describe('a start that cannot be', () => {
  it('says that the project is open elsewhere', async () => {
    const held = openProject(project)
    const report = await run<{ errors: string[]; exits: number[] }>()
    held.close()
    expect(report.errors).toEqual([expect.stringContaining('open in another workbench')])
    expect(report.exits).toEqual([1])
  })

  it('leaves the field to the instance that runs', async () => {
    const report = await run<{ quits: number }>({ FAKE_SECOND_INSTANCE: 'yes' })
    expect(report).toMatchObject({ quits: 1, errors: [] })
  })
})

describe('the preload script', () => {
  it('passes the wish on and the port back, and exposes nothing', () => {
    const sent = vi.fn()
    const posted = vi.fn()
    const heard = new Map<string, (event: unknown) => void>()
    const received = new Map<string, (event: unknown) => void>()
    const window = {
      addEventListener: (name: string, listener: (event: unknown) => void) =>
        heard.set(name, listener),
      postMessage: posted,
      location: { origin: 'app://workbench' },
    }
    const required: string[] = []
    const electron = {
      ipcRenderer: {
        send: sent,
        on: (name: string, listener: (event: unknown) => void) => received.set(name, listener),
      },
    }
    const require = (name: string): unknown => {
      required.push(name)
      return electron
    }
    const before = Object.keys(window)
    const code = readFileSync(join(out, 'preload', 'index.cjs'), 'utf8')
    runInNewContext(code, { window, require, module: { exports: {} }, exports: {} })

    heard.get('message')!({ source: 'another window', data: portRequest })
    heard.get('message')!({ source: window, data: 'anything else' })
    expect(sent).not.toHaveBeenCalled()
    heard.get('message')!({ source: window, data: portRequest })
    expect(sent.mock.calls).toEqual([[portRequest]])

    received.get(portReply)!({ ports: ['port'] })
    expect(posted.mock.calls).toEqual([[portReply, 'app://workbench', ['port']]])
    expect(Object.keys(window)).toEqual(before)
    expect(required).toEqual(['electron'])
  })
})

/** The packages that a bundle and its chunks import. */
/** Packages that a bundle imports, and those bundles that it imports at once, as `pattern` finds them. */
function importsOf(file: string, pattern = /(?:from|import)\s*"([^"]+)"/g): string[] {
  const code = readFileSync(file, 'utf8')
  const packages = [...code.matchAll(pattern)].map(([, name]) => name)
  const chunks = [...code.matchAll(/(?:from|import\(?)\s*"(\.[^"]+)"/g)].map(([, name]) => name)
  return [
    ...packages.filter((name) => !name.startsWith('.')),
    ...chunks.flatMap((name) => importsOf(join(file, '..', name), pattern)),
  ]
}
