import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Who may use the web host: the holder of the token, or of the cookie that was given for it. */
export interface Session {
  /** Secret of the printed address. */
  token: string
  cookieName: string
  cookieValue: string
}

/**
 * The token of `file`, or a new one written there for the owner alone. It outlives the process so
 * that a page that is open while the host restarts goes on.
 */
export async function openSession(file: string): Promise<Session> {
  const token = (await readToken(file)) ?? (await writeToken(file))
  const derived = (purpose: string) =>
    createHmac('sha256', token).update(purpose).digest('base64url')
  // Browsers share cookies between ports, so two workbenches on one machine need two names.
  return { token, cookieName: `fame_${derived('name').slice(0, 8)}`, cookieValue: derived('value') }
}

async function readToken(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file)
    const othersMayRead = process.platform !== 'win32' && (mode & 0o077) !== 0
    const token = (await readFile(file, 'utf8')).trim()
    return othersMayRead || !/^[\w-]{43}$/.test(token) ? null : token
  } catch {
    return null
  }
}

async function writeToken(file: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await mkdir(dirname(file), { recursive: true })
  await rm(file, { force: true })
  await writeFile(file, token, { mode: 0o600, flag: 'wx' })
  return token
}

/** Compares two secrets in a time that tells nothing about either, lengths included. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** Whether the headers carry the session's cookie, or its token as `Authorization: Bearer`. */
export function isAuthorised(
  session: Session,
  headers: { cookie: string | undefined; authorization: string | undefined },
): boolean {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return sameSecret(bearer, session.token)
  const given = cookieNamed(headers.cookie ?? '', session.cookieName)
  return given !== null && sameSecret(given, session.cookieValue)
}

function cookieNamed(header: string, name: string): string | null {
  for (const pair of header.split(';')) {
    const [key, ...value] = pair.trim().split('=')
    if (key === name) return value.join('=')
  }
  return null
}
