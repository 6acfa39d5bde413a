import { type Context, Hono } from 'hono'
import { secured } from '../security-headers.ts'
import { isOwnHost, isOwnOrigin } from './origin.ts'
import { isAuthorised, sameSecret, type Session } from './session.ts'

export interface WebAppOptions {
  session: Session
  /** The address listened on. */
  listening: string
  pages: (request: Request) => Promise<Response>
  media: (request: Request) => Promise<Response>
}

/** What every request and every WebSocket must bring; a string says why it is refused. */
export function refusal(
  options: Pick<WebAppOptions, 'session' | 'listening'>,
  header: (name: string) => string | undefined,
): { status: 401 | 403; message: string } | null {
  const host = header('host')
  if (!isOwnHost(host, options.listening)) {
    return { status: 403, message: `This server is not called '${host ?? ''}'.` }
  }
  if (!isOwnOrigin({ host, origin: header('origin'), site: header('sec-fetch-site') })) {
    return { status: 403, message: 'Pages of other sites may not use this server.' }
  }
  const authorised = isAuthorised(options.session, {
    cookie: header('cookie'),
    authorization: header('authorization'),
  })
  if (authorised) return null
  const message = 'No access. Open the address that the workbench printed when it started.'
  return { status: 401, message }
}

/** Pages and pictures over HTTP, for the holder of the session alone. */
export function webApp(options: WebAppOptions): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    c.res = secured(c.res)
  })
  app.use(async (c, next) => {
    const token = c.req.query('token')
    if (token !== undefined && c.req.path === '/') return exchange(c, options, token)
    const refused = refusal(options, (name) => c.req.header(name))
    if (refused) return c.text(refused.message, refused.status)
    return next()
  })
  app.all('/media/*', (c) => options.media(c.req.raw))
  app.all('*', (c) => options.pages(c.req.raw))
  app.onError((error, c) => c.text(`The workbench failed: ${error.message}`, 500))
  return app
}

/** Takes the token out of the address and gives a cookie for it. */
function exchange(c: Context, options: WebAppOptions, token: string): Response {
  const { session } = options
  if (!isOwnHost(c.req.header('host'), options.listening)) {
    return c.text(`This server is not called '${c.req.header('host') ?? ''}'.`, 403)
  }
  if (!sameSecret(token, session.token)) {
    return c.text('The token is not valid. Open the address that the workbench printed.', 401)
  }
  c.header('cache-control', 'no-store')
  c.header(
    'set-cookie',
    `${session.cookieName}=${session.cookieValue}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000`,
  )
  // After a link on another site a redirect would still count as that site's and lose the cookie.
  if (c.req.header('sec-fetch-site') !== 'cross-site') return c.redirect('/', 303)
  return c.html('<!doctype html><meta http-equiv="refresh" content="0; url=/">')
}
