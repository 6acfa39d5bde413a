import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

const day = 86_400_000
/** A session that nobody has used for this long has ended. */
export const sessionLifetime = 30 * day
/** Uses are written down at most this often, so that pictures cost no writes. */
const touchEvery = 3_600_000
/** The one used longest ago ends when another would exceed this. */
const mostSessions = 100

export interface SessionInfo {
  /** Names the session in lists; not a secret. */
  id: string
  /** Milliseconds since the epoch. */
  begun: number
  used: number
  /** What the browser calls itself, and the address it logged in from. */
  browser: string
  address: string
}

interface Stored {
  hash: string
  begun: number
  browser: string
  address: string
}

/**
 * Browsers that have logged in to the web host of a project. Each session is one file, readable by
 * its owner alone, that has the hash of the secret; the time of the file is that of the last use. So
 * a session ends when its file goes, whichever process deletes it.
 */
export class Sessions {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Begins a session and returns the value of its cookie, which is stored nowhere. */
  async begin({ browser, address }: Pick<SessionInfo, 'browser' | 'address'>): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await this.#makeRoom()
    const id = randomBytes(8).toString('hex')
    const secret = randomBytes(32).toString('base64url')
    const stored: Stored = {
      hash: digest(secret).toString('base64url'),
      begun: Date.now(),
      browser: printable(browser),
      address: printable(address),
    }
    const file = await open(this.#file(id), 'wx', 0o600)
    try {
      await file.writeFile(JSON.stringify(stored))
      await file.sync()
    } finally {
      await file.close()
    }
    return `${id}.${secret}`
  }

  /** The id of the session that a cookie belongs to, which counts as a use; null for any other value. */
  async find(cookie: string): Promise<string | null> {
    const [id, secret, more] = cookie.split('.')
    if (!isId(id) || !secret || more !== undefined) return null
    const found = await this.#read(id)
    if (!found || !timingSafeEqual(digest(secret), Buffer.from(found.hash, 'base64url')))
      return null
    await this.#touch(id, found.used)
    return id
  }

  /** Whether a session goes on; that counts as a use. */
  async goesOn(id: string): Promise<boolean> {
    const found = await this.#read(id)
    if (found) await this.#touch(id, found.used)
    return found !== null
  }

  /** Sessions that go on, the one used last first. */
  async list(): Promise<SessionInfo[]> {
    const sessions: SessionInfo[] = []
    for (const id of await this.#ids()) {
      const found = await this.#read(id)
      if (found) {
        const { begun, used, browser, address } = found
        sessions.push({ id, begun, used, browser, address })
      }
    }
    return sessions.sort((a, b) => b.used - a.used)
  }

  /** Ends a session; false when there is none with this id. */
  async end(id: string): Promise<boolean> {
    if (!isId(id) || !(await this.#read(id))) return false
    await rm(this.#file(id), { force: true })
    return true
  }

  async #makeRoom(): Promise<void> {
    const kept = await this.list()
    const keeping = new Set(kept.slice(0, mostSessions - 1).map(({ id }) => id))
    for (const id of await this.#ids())
      if (!keeping.has(id)) await rm(this.#file(id), { force: true })
  }

  async #ids(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter(isId)
    } catch {
      return []
    }
  }

  /** Null when there is no such session, it has ended, or its file is damaged. */
  async #read(id: string): Promise<(Stored & { used: number }) | null> {
    try {
      const file = this.#file(id)
      const { mtimeMs, mode } = await stat(file)
      const othersMayRead = process.platform !== 'win32' && (mode & 0o077) !== 0
      if (othersMayRead || Date.now() - mtimeMs > sessionLifetime) return null
      const stored: unknown = JSON.parse(await readFile(file, 'utf8'))
      return isStored(stored) ? { ...stored, used: mtimeMs } : null
    } catch {
      return null
    }
  }

  async #touch(id: string, used: number): Promise<void> {
    if (Date.now() - used < touchEvery) return
    const now = new Date()
    // On a full or read-only disk the session ends earlier than it might; that is no reason to fail.
    await utimes(this.#file(id), now, now).catch(() => undefined)
  }

  #file(id: string): string {
    return join(this.#folder, id)
  }
}

function isId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text)
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false
  const { hash, begun, browser, address } = value as Record<string, unknown>
  return (
    typeof hash === 'string' &&
    Buffer.from(hash, 'base64url').length === 32 &&
    typeof begun === 'number' &&
    typeof browser === 'string' &&
    typeof address === 'string'
  )
}

/** What a client says of itself, fit for a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
