import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { exportsPath, uploadsPath } from '#shared/contract/transfers.ts'
import { logOutPath } from '#shared/contract/transport.ts'
import { secured } from '../security-headers.ts'
import type { Access } from './access.ts'
import { cookieHeader, cookieName, cookieNamed } from './cookies.ts'
import type { Downloads } from './downloads.ts'
import type { FailedLogins } from './failed-logins.ts'
import { messagePage } from './message-page.ts'
import type { Seen } from './proxies.ts'
import { sameSecret } from './token.ts'
import type { Uploads } from './uploads.ts'

/** Milliseconds that a wrong token waits for its answer. */
const wrongTokenDelay = 500

/** Who may use a host, and how they log in. */
export interface Gate {
  access: Access
  /** Secret of the printed address. It begins sessions and opens nothing else. */
  token: string
  failures: FailedLogins
  /** Called with the session when one has begun or has been ended by its browser. */
  onLogIn?: (session: string) => void
  onLogOut?: (session: string) => void
  /** Path that the page is served below; empty for none. */
  base: string
}

/** What a project's own page, pictures and files are answered by. */
export interface ProjectAnswers {
  pages: (request: Request) => Promise<Response>
  media: (request: Request) => Promise<Response>
  uploads: Uploads
  downloads: Downloads
}

export type App = {
  Bindings: { incoming?: IncomingMessage }
  Variables: { session: string; seen: Seen }
}
type Call = Context<App>

const howToLogIn = [
  'Open the address that the workbench printed when it started. It changes at every start.',
  'To start it, run `bin/fame serve` or `npm start` on the machine that has the project.',
]

/**
 * Pages over HTTP, for browsers that have logged in alone.
 * @param addRoutes adds what is answered after the gate
 */
export function gatedApp(gate: Gate, addRoutes: (app: Hono<App>) => void): Hono<App> {
  const { access } = gate
  const app = new Hono<App>()
  app.use(async (c, next) => {
    await next()
    c.res = secured(c.res)
  })
  // For the health check of a container: it tells only that the host answers.
  app.get('/health', (c) => c.text('ok'))
  app.use(async (c, next) => {
    const seen = access.seen((name) => c.req.header(name), c.env?.incoming?.socket.remoteAddress)
    c.set('seen', seen)
    const token = c.req.query('token')
    if (token !== undefined && c.req.path === '/') return logIn(c, gate, token)
    const checked = await access.check(seen)
    if ('status' in checked) return refuse(c, checked.status, checked.message)
    c.set('session', checked.session)
    await next()
    if (c.res.headers.get('content-type')?.startsWith('text/html')) renewCookie(c, access)
  })
  app.post(logOutPath, (c) => logOut(c, gate))
  addRoutes(app)
  app.onError((error, c) => c.text(`The workbench failed: ${error.message}`, 500))
  return app
}

/** Page, pictures and files of one project. */
export function projectApp(gate: Gate, project: ProjectAnswers): Hono<App> {
  return gatedApp(gate, (app) => {
    app.all('/media/*', (c) => project.media(c.req.raw))
    app.put(`${uploadsPath}/*`, (c) => project.uploads.receive(c.req.raw))
    app.get(`${exportsPath}/*`, (c) => project.downloads.send(c.req.raw))
    app.all('*', (c) => project.pages(c.req.raw))
  })
}

/** Begins a session and takes the token out of the address. */
async function logIn(c: Call, gate: Gate, token: string): Promise<Response> {
  const { access, failures, base } = gate
  const { address } = c.get('seen')
  const wrongHost = access.wrongHost(c.get('seen'))
  if (wrongHost) return refuse(c, wrongHost.status, wrongHost.message)
  if (!sameSecret(token, gate.token)) {
    if (failures.count(address)) {
      c.header('retry-after', '60')
      return refuse(c, 429, 'Too many wrong tokens. Wait a minute and try again.')
    }
    await delay(wrongTokenDelay)
    return refuse(c, 401, 'The token is not valid. Open the address that the workbench printed.')
  }
  const browser = c.req.header('user-agent') ?? ''
  const value = await access.sessions.begin({ browser, address })
  gate.onLogIn?.(value.split('.')[0])
  c.header('cache-control', 'no-store')
  c.header('set-cookie', cookieHeader(cookieOf(c, access), value))
  // After a link on another site a redirect would still count as that site's and lose the cookie.
  if (c.req.header('sec-fetch-site') !== 'cross-site') return c.redirect(`${base}/`, 303)
  return c.html(`<!doctype html><meta http-equiv="refresh" content="0; url=${base}/">`)
}

async function logOut(c: Call, { access, onLogOut }: Gate): Promise<Response> {
  const session = c.get('session')
  await access.sessions.end(session)
  onLogOut?.(session)
  c.header('set-cookie', cookieHeader(cookieOf(c, access), ''))
  return c.body(null, 204)
}

/** The browser keeps its cookie for as long as the session goes on. */
function renewCookie(c: Call, access: Access): void {
  const cookie = cookieOf(c, access)
  const value = cookieNamed(c.req.header('cookie'), cookieName(cookie))
  if (value !== null) c.header('set-cookie', cookieHeader(cookie, value), { append: true })
}

/** Name and flags of a browser's cookie: behind a proxy with TLS it is one for TLS. */
function cookieOf(c: Call, { port }: Access): { port: number; secure: boolean } {
  return { port, secure: c.get('seen').secure }
}

/** A page for a browser that shows it, a line for everything else. */
function refuse(c: Call, status: 401 | 403 | 429, message: string): Response {
  if (!c.req.header('accept')?.includes('text/html')) return c.text(message, status)
  const [title, ...rest] = message.split(/(?<=\.) /)
  return c.html(messagePage(title, status === 401 ? howToLogIn : rest), status)
}
