import { sessionLifetime } from './sessions.ts'

/**
 * Browsers share cookies between the ports of a host, so the name has the port. `__Host-` makes a
 * browser refuse such a cookie from anything but this very host over TLS.
 */
export function cookieName({ port, secure }: { port: number; secure: boolean }): string {
  return `${secure ? '__Host-' : ''}fame_${port}`
}

/** The header that gives a cookie, or with an empty value takes it away. */
export function cookieHeader(server: { port: number; secure: boolean }, value: string): string {
  const age = value === '' ? 0 : sessionLifetime / 1000
  const secure = server.secure ? '; Secure' : ''
  return `${cookieName(server)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure}`
}

/** The value of a cookie in a `Cookie` header. */
export function cookieNamed(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=')
    if (key === name) return value.join('=')
  }
  return null
}
