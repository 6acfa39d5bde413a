import { isIP } from 'node:net'
import { hostname } from 'node:os'

const loopbackNames = new Set(['localhost', '127.0.0.1', '::1'])

/** Whether an address to listen on is reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  return loopbackNames.has(host)
}

/**
 * Whether a `Host` header names this server. A page of another site that has its own name resolve
 * to this machine (DNS rebinding) sends that name, and is refused: names are compared whole, since
 * `machine.evil.example` is a name that anybody may have. The port is not looked at: a tunnel may
 * change it. On a public address this machine's name and any IP literal are taken; a literal cannot
 * be rebound.
 * @param names further names that the server was given at its start
 */
export function isOwnHost(
  header: string | undefined,
  listening: string,
  names: readonly string[] = [],
): boolean {
  const name = hostnameOf(header)
  if (name === null) return false
  const own = [listening, ...names].map((each) => each.toLowerCase())
  if (loopbackNames.has(name) || own.includes(name)) return true
  if (isLoopback(listening)) return false
  return isIP(name) !== 0 || name === hostname().toLowerCase()
}

/**
 * Whether a request comes from this server's own page, or from a program that is no browser.
 * Browsers name the origin on every WebSocket and on every request that changes something.
 */
export function isOwnOrigin(headers: {
  host: string | undefined
  origin: string | undefined
  site: string | undefined
}): boolean {
  if (headers.origin === undefined) return headers.site !== 'cross-site'
  return headers.origin === `http://${headers.host}` || headers.origin === `https://${headers.host}`
}

function hostnameOf(header: string | undefined): string | null {
  if (!header) return null
  try {
    const { hostname: name } = new URL(`http://${header}`)
    return name.replace(/^\[|\]$/g, '').toLowerCase()
  } catch {
    return null
  }
}
