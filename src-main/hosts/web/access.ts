import { isOwnHost, isOwnOrigin } from './origin.ts'
import { cookieName, cookieNamed } from './cookies.ts'
import type { Seen, TrustedProxies } from './proxies.ts'
import type { Sessions } from './sessions.ts'

export interface AccessOptions {
  sessions: Sessions
  /** The address listened on. */
  listening: string
  /** Further names that this server is reached by. */
  names: readonly string[]
  /** Whether it is served over TLS. */
  secure: boolean
  proxies: TrustedProxies
}

export interface Refusal {
  status: 401 | 403
  message: string
}

export type ReadHeader = (name: string) => string | undefined

/** Decides who may use the web host: pages of this very host, in a browser that has logged in. */
export class Access {
  readonly sessions: Sessions
  readonly secure: boolean
  /** The port listened on; known once the server listens. */
  port = 0
  readonly #listening: string
  readonly #names: readonly string[]
  readonly #proxies: TrustedProxies

  constructor({ sessions, listening, names, secure, proxies }: AccessOptions) {
    this.sessions = sessions
    this.secure = secure
    this.#listening = listening
    this.#names = names
    this.#proxies = proxies
  }

  /** A request as its browser made it. @param remote address that its connection comes from */
  seen(header: ReadHeader, remote: string | undefined): Seen {
    return this.#proxies.seen(header, remote, this)
  }

  /** What is wrong with the host that a request names; null when it is this one. */
  wrongHost({ header }: Pick<Seen, 'header'>): Refusal | null {
    const host = header('host')
    if (isOwnHost(host, this.#listening, this.#names)) return null
    const message = `'${host ?? ''}' is not a name of this server. Start it with --name to add one.`
    return { status: 403, message }
  }

  /** The session of a request or of a WebSocket's first request, or why it is refused. */
  async check(seen: Seen): Promise<{ session: string } | Refusal> {
    const { header, secure } = seen
    const wrongHost = this.wrongHost(seen)
    if (wrongHost) return wrongHost
    const site = header('sec-fetch-site')
    if (!isOwnOrigin({ host: header('host'), origin: header('origin'), site })) {
      return { status: 403, message: 'Pages of other sites may not use this server.' }
    }
    const cookie = cookieNamed(header('cookie'), cookieName({ port: this.port, secure }))
    const session = cookie === null ? null : await this.sessions.find(cookie)
    if (session !== null) return { session }
    const message = 'No access. Open the address that the workbench printed when it started.'
    return { status: 401, message }
  }
}
