import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ORPCError } from '@orpc/client'
import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../hosts/tiny-videos.ts'
import { connect, signIn, type RpcClient } from '../hosts/web-client.ts'
import { fakeTrainer, letTrainers } from '../runs/training-project.ts'

/** A web host over a new project, and a page that is connected to it. */
export interface RouterHost {
  root: string
  /** Of seven tiny videos, one of them damaged. */
  folder: string
  workbench: Workbench
  host: WebHost
  cookie: string
  rpc: RpcClient
}

/** The host of one file of tests; its fields are there when the first one runs. */
export function routerHost(): RouterHost {
  const root = mkdtempSync(join(tmpdir(), 'fame-router-'))
  const own = { root, folder: join(root, 'set') } as RouterHost
  beforeAll(async () => {
    mkdirSync(own.folder)
    await writeTinySet(own.folder)
    const project = join(root, 'project')
    own.workbench = await openWorkbench({ project, host: 'web', trainerEntry: fakeTrainer })
    own.host = await startWebHost({ workbench: own.workbench, pages: root })
    own.cookie = await signIn(own.host.url)
    own.rpc = await connect(own.host.port, own.cookie)
  })
  beforeEach(() => letTrainers({ steps: 3 }))
  afterAll(async () => {
    vi.unstubAllEnvs()
    own.rpc.socket.close()
    await own.host.close()
    await own.workbench.close()
    rmSync(root, { recursive: true, force: true })
  })
  return own
}

/** What a refused call says to the client. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ORPCError)) throw new Error(`Not refused: ${String(error)}`)
  expect(JSON.stringify(error)).not.toMatch(/\.ts:\d+/)
  return { code: error.code, message: error.message }
}
