import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { prepare } from '../../scripts/lib/context.mjs'
import { readStamp, stampFile, writeStamp } from '../../scripts/lib/stamp.mjs'
import { electron, findElectron, hasDisplay } from '../../scripts/lib/steps/electron.mjs'
import { packages } from '../../scripts/lib/steps/packages.mjs'
import { tensorflow } from '../../scripts/lib/steps/tensorflow.mjs'
import { cachedLibrary, libraryVersion } from '../../scripts/lib/tensorflow-library.mjs'
import { temporaryFolder, temporarySetup } from './temporary.ts'

/** A PATH on which the named programs are shell scripts, and the system's own follow. */
function pathWith(programs: Record<string, string>): string {
  const folder = temporaryFolder()
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return [folder, '/usr/bin', '/bin'].join(delimiter)
}

function write(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

describe('installing the packages', () => {
  const locked = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    },
  }
  const fakeNpm =
    'echo "$*" >> npm-calls; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json'

  function clone(npm = fakeNpm) {
    const made = temporarySetup({ env: { PATH: pathWith({ npm }) } })
    const { root } = made.setup.places
    write(join(root, 'package-lock.json'), locked)
    const calls = () => readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n')
    return { ...made, root, calls }
  }

  test('runs npm ci once, and again when the lock file or node_modules has changed', async () => {
    const { setup, root, calls } = clone()
    await prepare([packages], setup)
    await prepare([packages], setup)
    expect(calls()).toEqual(['ci --loglevel=error'])
    locked.packages['node_modules/a'].version = '1.0.1'
    write(join(root, 'package-lock.json'), locked)
    await prepare([packages], setup)
    expect(calls()).toHaveLength(2)
    rmSync(join(root, 'node_modules'), { recursive: true })
    await prepare([packages], setup)
    expect(calls()).toHaveLength(3)
  })

  test('takes over what npm has installed before; what this platform lacks is not missed', async () => {
    const { setup, root } = clone('exit 1')
    const present = { packages: { 'node_modules/a': locked.packages['node_modules/a'] } }
    write(join(root, 'node_modules', '.package-lock.json'), present)
    expect(await prepare([packages], setup)).toBe(true)
  })

  test('installs again when npm has installed another version', async () => {
    const { setup, root, calls } = clone()
    const present = { packages: { 'node_modules/a': { version: '0.9.0' } } }
    write(join(root, 'node_modules', '.package-lock.json'), present)
    expect(await prepare([packages], setup)).toBe(true)
    expect(calls()).toHaveLength(1)
  })

  test('that fails leaves no stamp and tells npm’s words', async () => {
    const { setup, said } = clone('echo ENOTFOUND registry; exit 1')
    expect(await prepare([packages], setup)).toBe(false)
    expect(readStamp(stampFile(setup.places, 'packages'))).toBeNull()
    expect(said()).toMatch(/\| ENOTFOUND registry[\s\S]*What to do: {2}Check the network/)
  })

  test('makes its stamp newer than a lock file that was only touched', async () => {
    const { setup, root } = clone()
    await prepare([packages], setup)
    const file = stampFile(setup.places, 'packages')
    utimesSync(file, 1, 1)
    write(join(root, 'package-lock.json'), locked)
    expect(await packages.ready(setup)).toBe(true)
    expect(readStamp(file)).not.toBeNull()
  })
})

describe('setting TensorFlow up', () => {
  /** No pip answers; nvidia-smi is not there either. */
  function withoutPip(options: { retry?: boolean } = {}) {
    const programs = Object.fromEntries(
      ['python3', 'python', 'pip3', 'pip'].map((name) => [name, 'exit 1']),
    )
    return temporarySetup({ env: { PATH: pathWith(programs), FAME_TENSORFLOW: '' }, ...options })
  }

  test('that fails is noted with reason and remedy, and the workbench starts', async () => {
    const { setup, said } = withoutPip()
    expect(await prepare([tensorflow], setup)).toBe(true)
    expect(readStamp(stampFile(setup.places, 'tensorflow'))).toMatchObject({
      available: false,
      reason: expect.stringMatching(/pip, which fetches TensorFlow, was not found/),
      remedy: expect.stringMatching(/python3-pip/),
    })
    expect(said()).toContain('Everything but training and evaluating works without TensorFlow.')
  })

  test('that failed is not tried at each start, but by `npm run setup` and after a change', async () => {
    const { setup } = withoutPip()
    await prepare([tensorflow], setup)
    expect(await tensorflow.ready(setup)).toBe(true)
    setup.retry = true
    expect(await tensorflow.ready(setup)).toBe(false)
    setup.retry = false
    setup.env.PATH = pathWith({ 'nvidia-smi': 'exit 1' })
    expect(await tensorflow.ready(setup)).toBe(false)
    setup.env.FAME_TENSORFLOW = temporaryFolder()
    expect(await tensorflow.ready(setup)).toBe(false)
  })

  test('refuses a folder that is no TensorFlow, naming what it lacks', async () => {
    const { setup } = temporarySetup({ env: { FAME_TENSORFLOW: temporaryFolder() } })
    await prepare([tensorflow], setup)
    expect(readStamp(stampFile(setup.places, 'tensorflow'))).toMatchObject({
      reason: expect.stringMatching(/holds no libtensorflow_cc\.so\.2/),
    })
  })

  test('that succeeded holds until another library is asked for', async () => {
    const { setup } = withoutPip()
    const { places } = setup
    delete setup.env.FAME_TENSORFLOW
    await prepare([tensorflow], setup)
    const file = stampFile(places, 'tensorflow')
    const asked = { library: '/opt/tensorflow', kind: '' }
    setup.env.FAME_TENSORFLOW = asked.library
    await prepare([tensorflow], setup)
    const key = readStamp(file)!.key
    writeStamp(file, { key, available: true, wishes: asked, binding: '0-0-0' })
    delete setup.env.FAME_TENSORFLOW
    expect(await tensorflow.ready(setup)).toBe(true)
    setup.env.FAME_TENSORFLOW = ''
    expect(await tensorflow.ready(setup)).toBe(false)
  })

  test('trusts a cached library only when it was unpacked to its end', () => {
    const cache = temporaryFolder()
    const top = join(cache, 'tensorflow', '2.21.0-cpu')
    const folder = join(top, 'tensorflow')
    write(join(folder, 'libtensorflow_cc.so.2'), '12345')
    write(join(folder, 'libtensorflow_framework.so.2'), '123')
    write(
      join(folder, 'include/tensorflow/core/public/release_version.h'),
      '#define TF_MAJOR_VERSION 2\n#define TF_MINOR_VERSION 21\n#define TF_PATCH_VERSION 0\n',
    )
    expect(cachedLibrary(cache, 'cpu')).toBeNull()
    write(join(top, 'complete.json'), { key: '5-3' })
    expect(cachedLibrary(cache, 'cpu')).toMatchObject({ folder, kind: 'cpu', nvidia: null })
    expect(libraryVersion(folder)).toBe('2.21.0')
    write(join(folder, 'libtensorflow_cc.so.2'), '1234')
    expect(cachedLibrary(cache, 'cpu')).toBeNull()
  })
})

describe('Electron', () => {
  test('that cannot be fetched is not asked for again at once', async () => {
    const { setup, said } = temporarySetup()
    const folder = join(setup.places.root, 'node_modules', 'electron')
    write(join(folder, 'package.json'), { version: '1.0.0' })
    write(join(folder, 'install.js'), 'process.exitCode = 1')
    setup.places.node = process.execPath
    expect(await prepare([electron], setup)).toBe(true)
    expect(said()).toMatch(/opens in the browser instead/)
    expect(await electron.ready(setup)).toBe(true)
    expect(findElectron(setup.places.root)).toBeNull()
    write(join(folder, 'package.json'), { version: '1.0.1' })
    expect(await electron.ready(setup)).toBe(false)
  })

  test('is found where its package has put it', () => {
    const root = temporaryFolder()
    const folder = join(root, 'node_modules', 'electron')
    write(join(folder, 'path.txt'), 'electron')
    expect(findElectron(root)).toBeNull()
    write(join(folder, 'dist', 'electron'), '')
    expect(findElectron(root)).toBe(join(folder, 'dist', 'electron'))
  })

  test.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
  ] as const)('on %s with %j has a display: %s', (platform, env, expected) => {
    expect(hasDisplay(env, platform)).toBe(expected)
  })
})
