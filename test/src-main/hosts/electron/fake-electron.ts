/**
 * Stands in for the `electron` module: as much of it as the host uses, with what the host did to it
 * open to view. Ports are real MessagePorts with Electron's manners.
 */
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

export const seen = {
  sandboxed: false,
  schemes: [] as unknown[],
  windows: [] as BrowserWindow[],
  external: [] as string[],
  errors: [] as string[],
  exits: [] as number[],
  quits: 0,
  asked: [] as string[],
  /** The button that a person presses when asked. */
  answer: 0,
}

type Handler = (request: Request) => Promise<Response>
export const handlers = new Map<string, Handler>()
export const permissions: {
  request?: (
    contents: unknown,
    name: string,
    answer: (granted: boolean) => void,
    details: { requestingUrl: string },
  ) => void
  check?: (contents: unknown, name: string, origin: string) => boolean
  device?: () => boolean
} = {}

class App extends EventEmitter {
  enableSandbox(): void {
    seen.sandboxed = true
  }
  requestSingleInstanceLock(): boolean {
    return process.env.FAKE_SECOND_INSTANCE === undefined
  }
  whenReady(): Promise<void> {
    return Promise.resolve()
  }
  quit(): void {
    seen.quits++
  }
  exit(code: number): void {
    seen.exits.push(code)
    this.emit('fake-exit', code)
  }
}
export const app = new App()

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown[]) => seen.schemes.push(...schemes),
}

export const session = {
  defaultSession: {
    protocol: { handle: (scheme: string, handler: Handler) => handlers.set(scheme, handler) },
    setPermissionRequestHandler: (handler: typeof permissions.request) => {
      permissions.request = handler
    },
    setPermissionCheckHandler: (handler: typeof permissions.check) => {
      permissions.check = handler
    },
    setDevicePermissionHandler: (handler: typeof permissions.device) => {
      permissions.device = handler
    },
  },
}

export class WebContents extends EventEmitter {
  openWindow: ((details: { url: string }) => { action: string }) | undefined
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openWindow = handler
  }
}

export class BrowserWindow extends EventEmitter {
  readonly options: Record<string, unknown>
  readonly webContents = new WebContents()
  loaded = ''
  shown = false
  closed = false
  focused = 0

  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    seen.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  static getAllWindows(): BrowserWindow[] {
    return seen.windows
  }
  loadURL(url: string): Promise<void> {
    this.loaded = url
    this.emit('ready-to-show')
    app.emit('fake-loaded')
    return Promise.resolve()
  }
  show(): void {
    this.shown = true
  }
  isMinimized(): boolean {
    return false
  }
  focus(): void {
    this.focused++
  }
  /** Closes it as a person does. */
  close(): void {
    let held = false
    this.emit('close', { preventDefault: () => (held = true) })
    this.closed = !held
  }
}

/** Electron's ports are emitters whose messages come wrapped in an event. */
export class MessagePortMain extends EventEmitter {
  readonly port: MessagePort
  constructor(port: MessagePort) {
    super()
    this.port = port
    port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
    port.on('close', () => this.emit('close'))
  }
  postMessage(message: unknown): void {
    this.port.postMessage(message)
  }
  start(): void {
    this.port.start()
  }
  close(): void {
    this.port.close()
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new MessagePortMain(port1)
    this.port2 = new MessagePortMain(port2)
  }
}

export const ipcMain = new EventEmitter()
export const shell = {
  openExternal: (url: string) => {
    seen.external.push(url)
    return Promise.resolve()
  },
}
export const dialog = {
  showErrorBox: (_title: string, content: string) => seen.errors.push(content),
  showMessageBox: (_window: BrowserWindow, { message }: { message: string }) => {
    seen.asked.push(message)
    return Promise.resolve({ response: seen.answer })
  },
  showMessageBoxSync: (_window: BrowserWindow, { message }: { message: string }) => {
    seen.asked.push(message)
    return seen.answer
  },
}
