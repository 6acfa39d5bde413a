import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeEach, afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { parseEvent } from '#main/training-setup/events.ts'
import { TrainingSetup } from '#main/training-setup/training-setup.ts'
import { knownWheels } from '../../scripts/lib/known-wheels.mjs'
import { temporaryFolder } from './temporary.ts'

const script = fileURLToPath(new URL('../../scripts/training.mjs', import.meta.url))

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
  for (const name of ['FAME_TENSORFLOW', 'FAME_CACHE', 'FAME_WHEEL_HASHES']) vi.stubEnv(name, '')
  vi.stubEnv('FAME_SETUP', folder)
  vi.stubEnv('FAME_TENSORFLOW_KIND', 'cpu')
})
afterEach(() => void vi.unstubAllEnvs())

function check(...options: string[]) {
  const args = [...options, script, '--check']
  const [line, ...more] = execFileSync(process.execPath, args, { encoding: 'utf8' })
    .trim()
    .split('\n')
  expect(more).toEqual([])
  return parseEvent(line)
}

test('an empty folder holds nothing for training, which the program says as an event', () => {
  const found = check()
  expect(found).toMatchObject({ type: 'state', available: false, complete: false, kind: 'cpu' })
  expect(found).toMatchObject({ supported: process.platform === 'linux', disk: 1.5e9 })
  expect(existsSync(join(folder, 'cache'))).toBe(false)
})

test('a system that TensorFlow is not fetched for is unsupported', () => {
  const code = 'Object.defineProperty(process, "platform", { value: "darwin" })'
  const found = check('--import', `data:text/javascript,${encodeURIComponent(code)}`)
  expect(found).toMatchObject({ type: 'state', supported: false, available: false })
})

/** A package index that sends a part of the wheel and then no more. */
async function slowIndex(): Promise<string> {
  const server = createServer((request, answer) => {
    const { file } = knownWheels[0]
    if (request.url?.startsWith('/simple')) {
      return answer.end(JSON.stringify({ files: [{ filename: file, url: '/wheel' }] }))
    }
    answer.writeHead(200, { 'content-length': 9e6 }).write(Buffer.alloc(3e6))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`
}

const canDownload = process.platform === 'linux' && process.arch === 'x64'
test.runIf(canDownload)('a set-up that is cancelled keeps what has come', async () => {
  vi.stubEnv('PIP_INDEX_URL', await slowIndex())
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  // No pip, no compiler.
  vi.stubEnv('PATH', temporaryFolder())
  let ended = 0
  const setup = new TrainingSetup({ onEnded: () => ended++ })
  let state = await setup.start()
  const part = join(folder, 'cache', 'tensorflow', 'download', `${knownWheels[0].file}.part`)
  const came = () => statSync(part, { throwIfNoEntry: false })?.size ?? 0
  while (state.state === 'running' && came() < 3e6) {
    await wait(100)
    state = await setup.state()
  }
  expect(state).toMatchObject({ state: 'running', failure: null, progress: { total: 9 } })
  expect(await setup.cancel()).toMatchObject({ state: 'missing', failure: null })
  expect(ended).toBe(1)
  expect(came()).toBe(3e6)
})
