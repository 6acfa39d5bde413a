import { cpus, loadavg } from 'node:os'
import type { Browser } from 'playwright-core'
import { openWorkbench } from '../../workbench.ts'
import { startWebHost } from '../../hosts/web/server.ts'

export interface PageBenchOptions {
  /** Folder of an indexed project; the benchmark changes nothing in it but its sessions. */
  project: string
  /** Absolute path of Chromium. */
  browser: string
  /** Times that the page is opened, each in a browser of its own with nothing cached. */
  tries: number
  /** Of the built page; left out: the usual one. */
  pages?: string
  onStep?: (step: string) => void
}

/** One opening of the page. Milliseconds since the address was entered. */
export interface PageOpening {
  /** The first text or picture. */
  firstPaint: number
  /** The first video is in the list of the library. */
  rows: number
  /** What came over HTTP until then, headers and compression included. */
  bytes: number
  /** Files that came over HTTP until then. */
  files: number
  /** Messages that the page had sent over its WebSocket until then. */
  calls: number
}

export interface PageBench {
  openings: PageOpening[]
  load: number
  cpu: string
}

const patience = 60_000

/** Opens the page of a project as a new visitor does, and notes when something is to be seen. */
export async function benchPage(options: PageBenchOptions): Promise<PageBench> {
  const { chromium } = await import('playwright-core')
  const workbench = await openWorkbench({ project: options.project, host: 'web', existing: true })
  const host = await startWebHost({ workbench, pages: options.pages })
  try {
    const openings: PageOpening[] = []
    for (let i = 1; i <= options.tries; i++) {
      options.onStep?.(`opening ${i} of ${options.tries}`)
      const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
      const browser = await chromium.launch({ executablePath: options.browser, args })
      try {
        openings.push(await open(browser, host.url))
      } finally {
        await browser.close()
      }
    }
    return { openings, load: loadavg()[0], cpu: cpus()[0]?.model ?? 'unknown' }
  } finally {
    await host.close()
    await workbench.close()
  }
}

/** Runs in the page: notes when the first video has been painted. */
const noteFirstRow = `
  const look = new MutationObserver(() => {
    if (!document.querySelector('[data-testid="video-card"], [data-testid="video-row"]')) return
    // Painted with the next frame, not when it is put into the document.
    requestAnimationFrame(() => performance.mark('first-row'))
    look.disconnect()
  })
  look.observe(document, { childList: true, subtree: true })
`
/** Runs in the page, whose clock starts with the navigation. */
const whatCame = `(async () => {
  const startOf = (name) => performance.getEntriesByName(name)[0]?.startTime
  while (startOf('first-row') === undefined) await new Promise(requestAnimationFrame)
  const got = [
    ...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource'),
  ].filter(({ responseEnd }) => responseEnd <= startOf('first-row'))
  return {
    firstPaint: startOf('first-contentful-paint'),
    rows: startOf('first-row'),
    bytes: got.reduce((total, { transferSize }) => total + transferSize, 0),
    files: got.length,
  }
})()`

async function open(browser: Browser, url: string): Promise<PageOpening> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  let calls = 0
  page.on('websocket', (socket) => socket.on('framesent', () => calls++))
  await page.addInitScript(noteFirstRow)
  await page.goto(url)
  const row = page.locator('[data-testid="video-card"], [data-testid="video-row"]').first()
  await row.waitFor({ state: 'attached', timeout: patience })
  return { ...(await page.evaluate<Omit<PageOpening, 'calls'>>(whatCame)), calls }
}
