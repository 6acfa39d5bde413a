import type { IncomingMessage } from 'node:http'
import type { Context, Hono } from 'hono'
import { messageOf } from '../../../base/message-of.ts'
import { WorkbenchError } from '../../../base/workbench-error.ts'
import { gatedApp, type App } from '../app.ts'
import { redirect } from '../base-path.ts'
import { messagePage } from '../message-page.ts'
import { accessOf, refuse, type Upgrade } from '../rpc-socket.ts'
import { listenerOf, projectSite, type Site, type SiteOptions } from '../site.ts'
import { chooserPage } from './chooser-page.ts'
import { NoProjectError, type ProjectShelf } from './project-shelf.ts'

/** Before the name of a project in an address. */
const PREFIX = '/p/'

/**
 * Serves several projects: each at `/p/<name>/` as if it were alone, with its own connection, pictures
 * and files, and at `/` the page that chooses. One session is for all of them.
 */
export class ProjectsSite implements Site {
  private readonly shelf: ProjectShelf
  private readonly options: SiteOptions
  private readonly sites = new Map<string, Site>()
  private readonly front: Site['answer']

  constructor(shelf: ProjectShelf, options: SiteOptions) {
    this.shelf = shelf
    this.options = options
    this.front = listenerOf(gatedApp(options.gate, (app) => this.addRoutes(app)))
  }

  readonly answer: Site['answer'] = (request, response) => {
    const { name, rest, site } = this.placeOf(request)
    if (name !== null && !rest.startsWith('/')) {
      redirect(response, `${this.baseOf(name)}/${rest}`)
    } else if (site) {
      request.url = rest
      site.answer(request, response)
    } else {
      this.front(request, response)
    }
  }

  /** After a restart of the host, an open page reconnects first, so this opens the project, too. */
  readonly upgrade: Upgrade = async (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const { name, rest, site } = this.placeOf(request)
    if (name === null) return refuse(socket, { status: 404, message: 'Choose a project first.' })
    const checked = site ?? (await accessOf(request, this.options.gate.access))
    if ('status' in checked) return refuse(socket, checked)
    try {
      const own = site ?? (await this.open(name))
      request.url = rest
      await own.upgrade(request, socket, head)
    } catch (error) {
      refuse(socket, refusalOf(error))
    }
  }

  endSession(session: string): void {
    for (const site of this.sites.values()) site.endSession(session)
  }

  close(): void {
    for (const site of this.sites.values()) site.close()
  }

  private addRoutes(app: Hono<App>): void {
    app.get('/', async (c) => {
      const cards = await this.shelf.cards()
      c.header('cache-control', 'no-store')
      return c.html(chooserPage(cards, (name) => `${this.baseOf(name)}/`))
    })
    app.all(`${PREFIX}:name/*`, (c) => this.openFor(c))
    app.all('*', (c) => this.say(c, 404, 'There is no such page. Choose a project.'))
  }

  /** Opens the project of an address, which is then asked for again, its name as `baseOf` writes it. */
  private async openFor(c: Context<App>): Promise<Response> {
    const name = c.req.param('name') ?? ''
    try {
      await this.open(name)
      const { pathname, search } = new URL(c.req.url)
      const rest = pathname.slice(PREFIX.length).replace(/^[^/]*/, '')
      return c.redirect(this.baseOf(name) + rest + search, 307)
    } catch (error) {
      const { status, message } = refusalOf(error)
      return this.say(c, status, message)
    }
  }

  private async open(name: string): Promise<Site> {
    const workbench = await this.shelf.open(name)
    const known = this.sites.get(name)
    if (known) return known
    const gate = { ...this.options.gate, base: this.baseOf(name) }
    const site = projectSite(workbench, { ...this.options, gate })
    this.sites.set(name, site)
    return site
  }

  private say(
    c: Context<App>,
    status: Refusal['status'],
    message: string,
  ): Response | Promise<Response> {
    if (!c.req.header('accept')?.includes('text/html')) return c.text(message, status)
    const [title, ...rest] = message.split(/(?<=\.) /)
    const link = { text: 'All projects', href: `${this.options.gate.base}/` }
    return c.html(messagePage(title, rest, link), status)
  }

  /** The project of an address, what follows its name, and its site once it is open. */
  private placeOf({ url = '' }: IncomingMessage) {
    const found = /^\/p\/([\w.~-]+)(?=[/?]|$)/.exec(url)
    if (!found) return { name: null, rest: url, site: undefined }
    const rest = url.slice(found[0].length)
    return { name: found[1], rest, site: this.sites.get(found[1]) }
  }

  private baseOf(name: string): string {
    return this.options.gate.base + PREFIX + name
  }
}

interface Refusal {
  status: 404 | 409 | 500
  message: string
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof WorkbenchError)) {
    return { status: 500, message: `The workbench failed: ${messageOf(error)}` }
  }
  return { status: error instanceof NoProjectError ? 404 : 409, message: error.message }
}
