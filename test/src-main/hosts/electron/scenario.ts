/**
 * Runs the built Electron bundle (argument 1) against the fake, plays the page and a few attackers,
 * and sends what it saw to the test. FAME_SET names a data set to index over the port.
 */
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Contract } from '#shared/contract/contract.ts'
import { packedSerializers } from '#shared/contract/packed.ts'
import { appOrigin, portReply, portRequest } from '#shared/contract/transport.ts'
import {
  app,
  handlers,
  ipcMain,
  permissions,
  seen,
  type BrowserWindow,
  type MessagePortMain,
} from './fake-electron.ts'

export interface Sight {
  sandboxed: boolean
  schemes: unknown[]
  window: Record<string, unknown>
  loaded: string
  shown: boolean
  answers: Record<string, { status: number; headers: Record<string, string>; body: string }>
  permissions: boolean[]
  /** Of the page itself, and of another one, to show notifications: as checked, as asked for. */
  notifications: boolean[]
  prevented: Record<string, boolean>
  opened: Record<string, string>
  external: string[]
  /** Whether the page is left although it has something to save, by the button pressed. */
  left: boolean[]
  asked: string[]
  /** Whether the window closes: without work, then over a run by the button pressed. */
  closed: boolean[]
  focused: number
  strangersWithPorts: string[]
  info: unknown
  events: string[]
  thumbnail: { status: number; type: string | null; bytes: number }
  exits: number[]
  held: boolean
}

type Sent = [channel: string, message: unknown, ports: MessagePortMain[]]

/** Asks for a port as a page in a frame would. */
function askForPort(frame: { url: string; parent: unknown } | null): Sent | null {
  let sent: Sent | null = null
  const senderFrame = frame && { ...frame, postMessage: (...given: Sent) => (sent = given) }
  ipcMain.emit(portRequest, { senderFrame })
  return sent
}

async function answer(address: string, method = 'GET') {
  const response = await handlers.get('app')!(new Request(address, { method }))
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  }
}

function prevented({ webContents }: BrowserWindow, name: string, url: string): boolean {
  let stopped = false
  webContents.emit(name, { url, preventDefault: () => (stopped = true) })
  return stopped
}

async function callThroughPort(window: BrowserWindow) {
  const [channel, , [port]] = askForPort({ url: `${appOrigin}/runs`, parent: null })!
  if (channel !== portReply) throw new Error(`The port came on ${channel}`)
  const client: ContractRouterClient<Contract> = createORPCClient(
    new RPCLink({ port, customJsonSerializers: packedSerializers() }),
  )
  port.start()
  const info = await client.project.info()
  const events: string[] = []
  const folder = process.env.FAME_SET!
  for await (const event of await client.datasets.index({ folder, format: 'ucf101' })) {
    events.push(event.type)
  }
  const { items } = await client.videos.query({ limit: 1 })
  await client.project.focus()
  const closed = await closeOverRun(client, window)
  port.close()
  return { info, events, videoId: items[0].id, closed }
}

/** Closes the window without work, then over a run, staying first. */
async function closeOverRun(
  client: ContractRouterClient<Contract>,
  window: BrowserWindow,
): Promise<boolean[]> {
  window.close()
  const closed = [window.closed]
  const { id } = await client.runs.start({ values: { batch: 2, queue: 4 } })
  while ((await client.runs.get({ id })).status === 'queued') await delay(10)
  for (const button of [0, 1]) {
    seen.answer = button
    window.close()
    await delay(0)
    closed.push(window.closed)
  }
  await client.runs.stop({ id })
  return closed
}

async function thumbnail(videoId: number) {
  const address = `${appOrigin}/media/thumbnail?videoId=${videoId}`
  const response = await handlers.get('app')!(new Request(address))
  const { byteLength } = await response.arrayBuffer()
  return { status: response.status, type: response.headers.get('content-type'), bytes: byteLength }
}

async function look(): Promise<Sight> {
  const [window] = seen.windows
  const addresses = ['/', '/runs', '/missing.js', '/../../package.json', '/media/thumbnail']
  const answers: Sight['answers'] = {}
  for (const path of addresses) answers[path] = await answer(`${appOrigin}${path}`)
  answers.foreign = await answer('app://elsewhere/')
  const contents = window.webContents
  const own = `${appOrigin}/`
  const granted: boolean[] = [permissions.check!(contents, 'media', own), permissions.device!()]
  for (const name of ['media', 'geolocation', 'openExternal']) {
    permissions.request!(contents, name, (yes) => granted.push(yes), { requestingUrl: own })
  }
  const notifications: boolean[] = []
  for (const url of [own, 'https://evil.example/']) {
    notifications.push(permissions.check!(contents, 'notifications', url))
    const details = { requestingUrl: url }
    permissions.request!(contents, 'notifications', (yes) => notifications.push(yes), details)
  }
  const targets = ['https://github.com/x', 'https://evil.example/', 'file:///etc/passwd', 'x']
  const strangers = [
    { url: 'https://evil.example/', parent: null },
    { url: `${appOrigin}.evil.example/`, parent: null },
    { url: `${appOrigin}/`, parent: {} },
    null,
  ]
  const left = [0, 1].map((button) => {
    seen.answer = button
    return prevented(window, 'will-prevent-unload', `${appOrigin}/`)
  })
  const { info, events, videoId, closed } = await callThroughPort(window)
  return {
    sandboxed: seen.sandboxed,
    schemes: seen.schemes,
    window: window.options,
    loaded: window.loaded,
    shown: window.shown,
    answers,
    permissions: granted,
    prevented: {
      navigation: prevented(window, 'will-navigate', 'https://evil.example/'),
      redirect: prevented(window, 'will-redirect', 'https://evil.example/'),
      frame: prevented(window, 'will-frame-navigate', 'file:///etc/passwd'),
      webview: prevented(window, 'will-attach-webview', `${appOrigin}/`),
      own: prevented(window, 'will-navigate', `${appOrigin}/runs`),
    },
    opened: Object.fromEntries(
      targets.map((url) => [url, window.webContents.openWindow!({ url }).action]),
    ),
    external: seen.external,
    left,
    closed,
    focused: window.focused,
    notifications,
    asked: seen.asked,
    strangersWithPorts: strangers
      .filter((frame) => askForPort(frame))
      .map((frame) => `${frame?.url}`),
    info,
    events,
    thumbnail: await thumbnail(videoId),
    ...(await quit()),
  }
}

async function quit(): Promise<Pick<Sight, 'exits' | 'held'>> {
  let held = false
  const exit = once(app, 'fake-exit')
  app.emit('will-quit', { preventDefault: () => (held = true) })
  await exit
  return { exits: seen.exits, held }
}

const loaded = Promise.race([once(app, 'fake-loaded'), once(app, 'fake-exit')])
await import(process.argv[2])
if (process.env.FAKE_SECOND_INSTANCE === undefined) await loaded
const failed = seen.windows.length === 0
process.send!(failed ? { errors: seen.errors, exits: seen.exits, quits: seen.quits } : await look())
process.disconnect()
