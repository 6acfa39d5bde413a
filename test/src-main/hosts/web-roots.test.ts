import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Roots } from '#main/hosts/web/roots.ts'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { pathInputs } from '#main/router/path-inputs.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { contract } from '#shared/contract/contract.ts'
import { connect, signIn, type RpcClient } from './web-client.ts'

const top = mkdtempSync(join(tmpdir(), 'fame-roots-'))
const root = join(top, 'allowed')
const outside = join(top, 'outside')
let workbench: Workbench
let host: WebHost
let rpc: RpcClient

beforeAll(async () => {
  for (const folder of [root, outside, `${root}-beside`]) mkdirSync(folder)
  writeFileSync(join(outside, 'masks.json'), '{}')
  symlinkSync(outside, join(root, 'link'))
  symlinkSync(join(outside, 'new'), join(root, 'dangling'))
  workbench = await openWorkbench({ project: join(top, 'project'), host: 'web' })
  host = await startWebHost({ workbench, roots: [root] })
  rpc = await connect(host.port, await signIn(host.url))
})

afterAll(async () => {
  await host.close()
  await workbench.close()
  rmSync(top, { recursive: true, force: true })
})

type Call = () => Promise<AsyncIterable<unknown>>

/** How a call is refused; null when it gets through to the workbench, whatever that says. */
async function confined(call: Call): Promise<string | null> {
  try {
    for await (const event of await call()) if (event === undefined) break
    return null
  } catch (error) {
    const { message } = error as Error
    return message.includes('outside the folders') ? message : null
  }
}

describe('a session', () => {
  it('indexes, imports and exports inside the roots and the project only', async () => {
    const { datasets, masks, runs } = rpc.client
    const calls = (folder: string): Call[] => [
      () => datasets.index({ folder }),
      () => datasets.index({ folder: root, annotations: folder }),
      () => masks.import({ file: join(folder, 'masks.json') }),
      () => masks.export({ format: 'coco', out: join(folder, 'new.json') }),
      () => runs.import({ folder }),
    ]
    const places = [outside, join(root, 'link'), join(root, 'dangling'), `${root}-beside`, '/etc']
    for (const place of places)
      for (const call of calls(place)) expect(await confined(call), place).toContain(root)
    for (const place of [root, join(top, 'project', 'exports')])
      for (const call of calls(place)) expect(await confined(call), place).toBeNull()
  })

  it('writes mask files without a folder into the exports of the project', async () => {
    const to =
      (out: string): Call =>
      () =>
        rpc.client.masks.export({ format: 'coco', out })
    expect(await confined(to('a.json'))).toBeNull()
    expect(await confined(to('../../outside/a.json'))).not.toBeNull()
  })

  it('is told how to allow a folder', async () => {
    const message = await confined(() => rpc.client.datasets.index({ folder: outside }))
    expect(message).toContain(`--root ${outside}`)
    const file = join(outside, 'masks.json')
    const said = await confined(() => rpc.client.masks.import({ file }))
    expect(said).toContain(`--root ${outside} `)
  })
})

describe('roots', () => {
  it('include the data sets of the project', async () => {
    const roots = new Roots([root], () => [outside])
    await expect(roots.allow(join(outside, 'below'))).resolves.toBeUndefined()
  })

  it('may be the whole machine', async () => {
    await expect(new Roots(['/']).allow('/etc/hosts')).resolves.toBeUndefined()
  })
})

describe('the list of inputs that name paths', () => {
  it('has every one of the contract', () => {
    const named = /folder|file|path|^out$|^dir|annotations|target|destination/i
    const found: Record<string, string[]> = {}
    const walk = (node: object, path: string[]): void => {
      const schema = inputSchema(node)
      if (schema === undefined) {
        for (const [name, below] of Object.entries(node)) walk(below as object, [...path, name])
        return
      }
      const fields = schema instanceof z.ZodObject ? Object.entries(schema.shape) : []
      const paths = fields.filter(([name, field]) => named.test(name) && takesText(field))
      if (paths.length > 0) found[path.join('.')] = paths.map(([name]) => name)
    }
    walk(contract, [])
    expect(found).toEqual(pathInputs)
  })
})

/** The schema of a procedure's input, null where it takes none; undefined of a group. */
function inputSchema(node: object): unknown {
  if (!('~orpc' in node)) return undefined
  return (node['~orpc'] as { inputSchema?: unknown }).inputSchema ?? null
}

function takesText(field: unknown): boolean {
  return field instanceof z.ZodType && field.safeParse('/some/path').success
}
