import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished, vi } from 'vitest'
import { threadFlags } from '#main/base/processes/thread-flags.ts'

const SAY = `
const { getCompileCacheDir } = require('node:module')
require('node:worker_threads').parentPort.postMessage(getCompileCacheDir() ?? null)`

async function cacheOfThread(): Promise<unknown> {
  const thread = new Worker(SAY, { eval: true, execArgv: threadFlags() })
  const [message] = (await once(thread, 'message')) as [unknown]
  await thread.terminate()
  return message
}

it('has a thread keep what it compiles where its process does, and only then', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('NODE_COMPILE_CACHE', '')
  expect(await cacheOfThread()).toBeNull()
  const folder = mkdtempSync(join(tmpdir(), 'fame-compiled-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  vi.stubEnv('NODE_COMPILE_CACHE', folder)
  expect(await cacheOfThread()).toContain(folder)
})
