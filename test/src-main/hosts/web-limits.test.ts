import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isCall } from '#main/hosts/web/incoming.ts'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { CallLimits, socketLimits } from '#main/hosts/web/socket-limits.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { connect, signIn } from './web-client.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-limits-'))
let workbench: Workbench
let host: WebHost
let cookie: string

beforeAll(async () => {
  workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
  host = await startWebHost({ workbench })
  cookie = await signIn(host.url)
})

afterAll(async () => {
  await host.close()
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

/** A run that is watched for as long as somebody does. */
function watchForever(): void {
  vi.spyOn(workbench.runs, 'watch').mockImplementation(async function* (_id, signal) {
    yield { type: 'metrics', points: [] } as never
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
  })
}

async function* watched(): AsyncGenerator<number, void, undefined> {
  yield 1
}

describe('a connection', () => {
  it('follows so many streams and no more, and others when some have ended', async () => {
    watchForever()
    const { client, socket } = await connect(host.port, cookie)
    const open = async (id: number) => {
      const stream = await client.runs.watch({ id })
      return stream
    }
    const opened = await Promise.allSettled(Array.from({ length: 400 }, (_, id) => open(id)))
    const streams = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(streams).toHaveLength(socketLimits.streams)
    const refused = opened.find((each) => each.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
    expect(String(refused?.reason)).toContain('128 open streams')
    // Calls go on beside them, and a stream that ends gives its place to another.
    expect((await client.project.info()).name).toBe('project')
    await streams[0].return?.()
    await vi.waitFor(() => open(1), { timeout: 20_000 })
    socket.close()
  })

  it('does not count streams that were given up before they began', async () => {
    const limits = new CallLimits()
    const given = async () => ({ output: watched() })
    for (let i = 0; i < socketLimits.streams; i++) {
      const [early, late] = [new AbortController(), new AbortController()]
      early.abort()
      await limits.run(given, early.signal)
      await limits.run(given, late.signal)
      late.abort()
    }
    await expect(limits.run(given)).resolves.toBeDefined()
  })

  it('has so many calls without an answer and no more', async () => {
    const { client, socket } = await connect(host.port, cookie)
    let answer = (): void => undefined
    const held = new Promise<void>((resolve) => (answer = resolve))
    const doctor = vi.spyOn(workbench, 'doctor').mockImplementation(async () => {
      await held
      throw new Error('enough')
    })
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const asked = Array.from({ length: socketLimits.calls + 50 }, () =>
      client.project.doctor().catch((error: { code: string }) => error.code),
    )
    const early = await Promise.race(asked.slice(-1))
    expect(early).toBe('TOO_MANY_REQUESTS')
    answer()
    const codes = await Promise.all(asked)
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(50)
    doctor.mockRestore()
    socket.close()
  })

  it.each([
    ['not a call', '{"i":1}'],
    ['no JSON', '{'],
    ['bytes', Buffer.from('{"i":1,"p":{"u":"/"}}\xff', 'latin1').subarray(0, 10)],
    ['a long message that only begins like a call', `{"i":"1","p":${'x'.repeat(100_000)}`],
    ['a long call of no procedure', `{"i":"1","p":["${'x'.repeat(100_000)}"]}`],
  ])('ends when it sends %s, with one line about it', async (_, message) => {
    const lines = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const stacks = vi.spyOn(console, 'error').mockReturnValue(undefined)
    stacks.mockClear()
    const [other, { socket }] = [await connect(host.port, cookie), await connect(host.port, cookie)]
    const closed = once(socket, 'close')
    for (let i = 0; i < 5; i++) socket.send(message)
    expect((await closed)[0]).toBe(1008)
    const said = lines.mock.calls.map(([line]) => String(line))
    expect(said).toEqual([expect.stringMatching(/^A browser sent a message that .*closed\.\n$/)])
    expect(stacks).not.toHaveBeenCalled()
    lines.mockRestore()
    stacks.mockRestore()
    // It costs nobody else anything.
    expect((await other.client.project.info()).name).toBe('project')
    other.socket.close()
  })

  it('takes large messages in their order', async () => {
    const { client, socket } = await connect(host.port, cookie)
    const notes = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(200_000).slice(0, 200_000))
    const calls = notes.map((text) =>
      client.savedFilters.save({ name: text, view: { filter: {} } }),
    )
    const settled = await Promise.allSettled(calls)
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
    expect((await client.project.info()).name).toBe('project')
    socket.close()
  })
})

describe('the form of a call', () => {
  it.each([
    ['{"i":"1","p":{"u":"/project/info","b":{}}}', true],
    ['{"i":1,"t":4}', true],
    ['{"i":1,"t":3,"p":{"e":"done"}}', true],
    ['{"i":1}', false],
    ['{"i":1,"p":{"u":"no address"}}', false],
    ['{"i":{},"p":{"u":"/"}}', false],
    ['{"i":1,"t":9,"p":{"u":"/"}}', false],
    ['null', false],
    ['{not json', false],
  ])('of %s', (text, expected) => {
    expect(isCall(text)).toBe(expected)
    expect(isCall(Buffer.from(text))).toBe(expected)
    expect(isCall(Buffer.concat([Buffer.from(text), Buffer.from([0xff, 1, 2])]))).toBe(expected)
  })
})
