// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'a run that goes on'
  : `a run that goes on (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
const patience = { timeout: 120_000 }
/** Trains in a moment a step; `epochs` of two steps each. */
const tiny = (epochs: number): Record<string, string | number> => ({
  model: 'r2plus1d_narrow',
  projectionSize: 16,
  precision: 'float32',
  frames: 8,
  size: 48,
  batch: 2,
  queue: 4,
  epochs,
})

interface Notified {
  title: string
  onclick: () => void
}

describe.skipIf(!existsSync(executablePath))(name, { timeout: 300_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-live-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let faults: string[] = []
  let runId: number

  beforeAll(async () => {
    const pages = await builtPage()
    mkdirSync(join(root, 'set'))
    await writeTinySet(join(root, 'set'))
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    const indexing = workbench.index({ folder: join(root, 'set'), format: 'ucf101' })
    for await (const event of indexing) expect(event).toBeDefined()
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      permissions: ['notifications'],
    })
    await context.addInitScript(standInForNotifications)
    runId = workbench.runs.start({ name: 'endless', values: tiny(10_000) }).id
    page = await openRun(`${host.url}#/runs/${runId}`)
  })

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  async function openRun(address: string): Promise<Page> {
    const opened = await context.newPage()
    faults = pageFaults(opened)
    await opened.goto(address, patience)
    return opened
  }

  const strip = () => page.getByTestId('clip-strip')
  const chart = () => page.getByTestId('loss-chart')
  const points = async (): Promise<number> => Number(await chart().getAttribute('data-points'))

  it('shows the clips that the model sees, and plays them', async () => {
    await strip().waitFor(patience)
    const labels = await strip().locator('figcaption').allInnerTexts()
    expect(labels.slice(0, 4)).toEqual(['Query', 'Mask', 'Merged', 'Key'])
    const frame = (): Promise<string | null> => strip().getAttribute('data-frame')
    await expect.poll(frame, patience).toBe('3')
    await expect.poll(frame, patience).toBe('0')
    await page.getByRole('button', { name: 'Pause clips' }).click()
    await page.getByRole('button', { name: 'Play clips' }).waitFor()
  })

  it('compares its metrics with their healthy ranges once it has begun to learn', async () => {
    const health = page.getByTestId('run-health')
    await health.waitFor(patience)
    const verdict = (): Promise<string | null> =>
      health.locator('[data-metric=spread]').getAttribute('data-verdict')
    await expect.poll(verdict, patience).toMatch(/^(healthy|below)$/)
    const [card] = await health.locator('[data-metric=loss]').all()
    expect(await card.getByTestId('healthy-band').count()).toBe(1)
    // Equal similarities to the positive and 4 keys: log 5.
    expect(await card.innerText()).toContain('up to 1.61 nats')
    const value = (): Promise<string> => card.getByTestId('health-value').innerText()
    const before = await value()
    await expect.poll(value, patience).not.toBe(before)
    await card.getByRole('button', { name: 'About the range of loss' }).click()
    const about = page.getByRole('dialog', { name: 'Healthy range of loss' })
    await about.getByText('log(K + 1)').waitFor()
    await page.keyboard.press('Escape')
    await about.waitFor({ state: 'detached' })
  })

  it('shows those of a later step while it goes on', async () => {
    const step = async (): Promise<number> => Number(await strip().getAttribute('data-step'))
    const before = await step()
    await expect.poll(step, patience).toBeGreaterThan(before)
  })

  it('holds the clips still for who wants less motion, until they are played', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.reload()
    await strip().waitFor(patience)
    const frame = (): Promise<string | null> => strip().getAttribute('data-frame')
    expect(await frame()).toBe('0')
    await page.getByRole('button', { name: 'Play clips' }).click()
    await expect.poll(frame, patience).toBe('2')
    await page.emulateMedia({ reducedMotion: 'no-preference' })
  })

  it('says how far it is in the title of the window', async () => {
    await expect.poll(() => page.title(), patience).toMatch(/^\d+ % · Runs · FAME Workbench$/)
  })

  it('smooths one chart by itself, and remembers it', async () => {
    const shown = async (title: string): Promise<string | null> => {
      await page.getByRole('button', { name: `Options of ${title}` }).click()
      const slider = page.getByRole('slider', { name: `Smoothing of ${title}` })
      await slider.waitFor()
      const value = await slider.getAttribute('aria-valuetext')
      await page.keyboard.press('Escape')
      await page.mouse.click(1, 1)
      await slider.waitFor({ state: 'detached' })
      return value
    }
    await chart().waitFor()
    expect(await shown('contrastive loss')).toContain('as in all charts')
    await page.getByRole('button', { name: 'Options of contrastive loss' }).click()
    await page.getByRole('slider', { name: 'Smoothing of contrastive loss' }).fill('0.9')
    await page.mouse.click(1, 1)
    await page.reload()
    await chart().waitFor(patience)
    expect(await shown('contrastive loss')).toBe('0.90')
    expect(await shown('contrastive accuracy')).toContain('as in all charts')
  })

  it('has the last measured learning rate in the head of its chart, which is never smoothed', async () => {
    const head = page.getByTestId('lr-chart').getByTestId('last-value')
    await head.waitFor(patience)
    // The schedule of a long run begins at its peak; an average from 0 would stay below for long.
    const last = async (): Promise<number> => {
      const { points } = workbench.project.store.runMetrics.after(runId, 0, 1_000_000)
      return points.findLast(({ name }) => name === 'lr')?.value ?? NaN
    }
    await expect
      .poll(async () => Math.abs(Number(await head.innerText()) / (await last()) - 1))
      .toBeLessThan(0.01)
    await page.getByRole('button', { name: 'Options of learning rate' }).click()
    await page.getByText('They are never smoothed.').waitFor()
    await page.mouse.click(1, 1)
  })

  it('is not asked about when its page is closed, and is found again by the next', async () => {
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.dismiss()
    })
    await page.close({ runBeforeUnload: true })
    await expect.poll(() => page.isClosed()).toBe(true)
    expect(asked).toEqual([])
    expect(faults).toEqual([])
    expect(workbench.project.store.runs.get(runId).status).toBe('running')

    page = await openRun(new URL(host.url).origin)
    await page.getByTestId('nav-runs').click()
    await chart().waitFor(patience)
    const before = await points()
    await expect.poll(points, patience).toBeGreaterThan(before)
    await expect.poll(() => page.getByTestId('run-status').innerText()).toMatch(/running/i)
  })

  it('is told of when it ends, in the page and by the system, whose click opens it', async () => {
    workbench.runs.stop(runId)
    const status = page.getByTestId('run-status')
    await expect.poll(() => status.innerText(), patience).toMatch(/stopped/i)
    const { id } = workbench.runs.start({ name: 'short', values: tiny(3) })
    await page.getByTestId('nav-library').click()
    const notice = page.getByTestId('run-notice')
    await notice.waitFor(patience)
    // What somebody stopped is no news.
    expect(await notice.allInnerTexts()).toEqual([expect.stringContaining('short is done')])
    const notified = (): Promise<string[]> =>
      page.evaluate(() =>
        (globalThis as unknown as { notified: Notified[] }).notified.map(({ title }) => title),
      )
    expect(await notified()).toEqual(['short is done'])
    await page.evaluate(() =>
      (globalThis as unknown as { notified: Notified[] }).notified[0].onclick(),
    )
    await expect.poll(() => page.url()).toMatch(new RegExp(`#/runs/${id}$`))
    await expect.poll(() => notice.count()).toBe(0)
  })

  it('still shows what it saw last after its end', async () => {
    await strip().waitFor(patience)
    expect(Number(await strip().getAttribute('data-step'))).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })
})

/** In the page: keeps the system's notifications, as of a window that has not the attention. */
function standInForNotifications(): void {
  const kept: unknown[] = []
  class Kept {
    static permission = 'granted'
    readonly title: string
    constructor(title: string) {
      this.title = title
      kept.push(this)
    }
    close(): void {
      kept.length = 0
    }
  }
  Object.assign(globalThis, { notified: kept, Notification: Kept })
  const { document } = globalThis as unknown as { document: { hasFocus: () => boolean } }
  document.hasFocus = () => false
}
