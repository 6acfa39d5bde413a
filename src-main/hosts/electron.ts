/**
 * The window. Numbers in comments are the points of Electron's security checklist
 * (electronjs.org/docs/latest/tutorial/security); 16, a current Electron, is the lock file's, and
 * 19, the fuses, are set when the app is packaged.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { RPCHandler } from '@orpc/server/message-port'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  MessageChannelMain,
  protocol,
  session,
  shell,
  type Session,
  type WebContents,
  type WebFrameMain,
} from 'electron'
import { appOrigin, appScheme, portReply, portRequest } from '#shared/contract/transport.ts'
import { outFolder } from '../base/processes/entry-path.ts'
import { createRouter } from '../router/index.ts'
import { openWorkbench, type Workbench } from '../workbench.ts'
import { hostSerializers } from './host-serializers.ts'
import { questionBeforeLeaving } from './leaving.ts'
import { pagesFolder, pagesHandler } from './pages.ts'
import { secured } from './security-headers.ts'

/** Sites that a link may open, in the system's browser. */
const externalHosts = new Set(['arxiv.org', 'github.com', 'openaccess.thecvf.com'])

const preload = join(outFolder(), 'preload', 'index.cjs')

// 4: every process that shows a page is sandboxed, whatever a window says.
app.enableSandbox()
// 1, 18: the page comes from a scheme of its own that counts as secure; never from file:.
protocol.registerSchemesAsPrivileged([
  {
    scheme: appScheme,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
  },
])
// Installed before any page exists.
app.on('web-contents-created', (_event, contents) => confine(contents))

// The folder of a package cannot be written to: what set-up makes goes to the user's own.
if (app.isPackaged) process.env.FAME_SETUP ??= join(app.getPath('userData'), 'training')

// A signal is an order: nothing is asked back.
let isOrdered = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isOrdered = true
    app.quit()
  })
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => focusWindow())
  app.on('window-all-closed', () => app.quit())
  void app.whenReady().then(start).catch(giveUp)
} else {
  app.quit()
}

async function start(): Promise<void> {
  const workbench = await openWorkbench({
    project: projectFolder(),
    host: 'electron',
    showFile: (file) => shell.showItemInFolder(file),
    focusWindow,
  })
  closeWithApp(workbench)
  permitNotifications(session.defaultSession)
  serveApp(session.defaultSession, workbench)
  handOverPorts(workbench)
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) void openWindow(workbench)
  })
  await openWindow(workbench)
}

function projectFolder(): string {
  const { values } = parseArgs({
    args: process.argv.slice(1),
    options: { project: { type: 'string' } },
    strict: false,
  })
  return typeof values.project === 'string' ? values.project : join(homedir(), 'fame-project')
}

async function openWindow(workbench: Workbench): Promise<void> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    title: 'FAME Workbench',
    backgroundColor: '#17181c',
    autoHideMenuBar: true,
    show: false,
    webPreferences: {
      preload,
      sandbox: true, // 4
      contextIsolation: true, // 3
      nodeIntegration: false, // 2
      nodeIntegrationInWorker: false, // 2
      nodeIntegrationInSubFrames: false, // 2
      webSecurity: true, // 6
      allowRunningInsecureContent: false, // 8
      experimentalFeatures: false, // 9, 10: and no Blink feature is switched on
      webviewTag: false, // 11
      navigateOnDragDrop: false, // 13
    },
  })
  window.once('ready-to-show', () => window.show())
  askBeforeClosing(window, workbench)
  // Without an answer Electron would keep the window open in silence.
  window.webContents.on('will-prevent-unload', (event) => {
    if (wantsToLeave(window)) event.preventDefault()
  })
  await window.loadURL(`${appOrigin}/`)
}

/** Asks before the current run is cut short. */
function askBeforeClosing(window: BrowserWindow, workbench: Workbench): void {
  let isSettled = false
  let isAsking = false
  window.on('close', (event) => {
    const question = isSettled || isOrdered ? null : questionBeforeLeaving(workbench)
    if (!question) return
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    const options = {
      type: 'question' as const,
      title: 'FAME Workbench',
      defaultId: 0,
      cancelId: 0,
    }
    // Not the kind that waits: the run's messages go on to be heard.
    void dialog.showMessageBox(window, { ...options, ...question }).then(({ response }) => {
      isAsking = false
      isSettled = response === 1
      if (isSettled) window.close()
    })
  })
}

/** Asks whether to leave a page that still has something to save. */
function wantsToLeave(window: BrowserWindow): boolean {
  const chosen = dialog.showMessageBoxSync(window, {
    type: 'warning',
    title: 'FAME Workbench',
    message: 'Some mask changes have not been saved yet.',
    detail: 'Stay until the editor shows “Saved”, or leave and lose these changes.',
    buttons: ['Stay', 'Leave'],
    defaultId: 0,
    cancelId: 0,
  })
  return chosen === 1
}

function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window?.isMinimized()) window.restore()
  window?.focus()
}

/** Page and pictures under `app:`, with the page's policy (7) on every answer. */
function serveApp(session: Session, workbench: Workbench): void {
  const pages = pagesHandler(pagesFolder())
  session.protocol.handle(appScheme, async (request) => {
    if (!isOwnUrl(request.url)) return secured(new Response('No such page.', { status: 404 }))
    const isMedia = new URL(request.url).pathname.startsWith('/media/')
    return secured(await (isMedia ? workbench.media(request) : pages(request)))
  })
}

/** 17, 20: a port goes to the top frame of the workbench's own page, and nothing else is exposed. */
function handOverPorts(workbench: Workbench): void {
  const handler = new RPCHandler(createRouter(workbench), {
    customJsonSerializers: hostSerializers,
  })
  ipcMain.on(portRequest, ({ senderFrame }) => {
    if (!isOwnFrame(senderFrame)) return
    const { port1, port2 } = new MessageChannelMain()
    handler.upgrade(port1)
    port1.start()
    senderFrame.postMessage(portReply, null, [port2])
  })
}

function isOwnFrame(frame: WebFrameMain | null): frame is WebFrameMain {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url)
}

function isOwnUrl(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`)
}

/** 12 to 15: a page stays where it is, opens nothing, and holds no other page. */
function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => refuseForeign(event, event.url))
  contents.on('will-redirect', (event) => refuseForeign(event, event.url))
  contents.on('will-frame-navigate', (event) => refuseForeign(event, event.url))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isExternal(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

function refuseForeign(event: { preventDefault: () => void }, url: string): void {
  if (!isOwnUrl(url)) event.preventDefault()
}

function isExternal(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, port, username } = new URL(url)
  return protocol === 'https:' && externalHosts.has(hostname) && port === '' && username === ''
}

/** 5: the page may say that a run has ended; it needs no camera, place or device. */
function permitNotifications(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(permission === 'notifications' && isOwnUrl(requestingUrl)),
  )
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'notifications' && isOwnUrl(origin),
  )
  session.setDevicePermissionHandler(() => false)
}

/** Holds the exit back until the current run has its checkpoint and the project is closed. */
function closeWithApp(workbench: Workbench): void {
  let closing = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (closing) return
    closing = true
    void workbench.close().finally(() => app.exit(0))
  })
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('FAME Workbench', error instanceof Error ? error.message : String(error))
  app.exit(1)
}
