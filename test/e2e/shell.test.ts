// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { fakeTrainer, letTrainers } from '../src-main/runs/training-project.ts'
import { builtPage } from './built-page.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'the shell'
  : `the shell (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
const patient = { timeout: 60_000 }

describe.skipIf(!existsSync(executablePath))(name, { timeout: 180_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-shell-'))
  let workbench: Workbench
  let host: WebHost | null = null
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const pages = await builtPage()
    mkdirSync(join(root, 'moves'))
    await writeTinySet(join(root, 'moves'))
    // Longer than the page takes to see that a run was started elsewhere.
    letTrainers({ steps: 40, pause: 600, points: 3 })
    const project = join(root, 'project')
    workbench = await openWorkbench({ project, host: 'web', trainerEntry: fakeTrainer })
    const indexing = workbench.index({ folder: join(root, 'moves'), format: 'ucf101' })
    for await (const event of indexing) expect(event).toBeDefined()
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage({ viewport: { width: 1024, height: 700 } })
    await page.goto(host.url)
    await page.getByTestId('video-card').first().waitFor(patient)
  }, 180_000)

  afterAll(async () => {
    vi.unstubAllEnvs()
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  /** How far elements reach beyond the right edge of the window, in pixels; the farthest one. */
  const overhang = (elements: Locator): Promise<number> =>
    elements.evaluateAll((all) =>
      Math.max(...all.map((one) => one.getBoundingClientRect().right - window.innerWidth)),
    )
  /** The names of the controls outside a notice whose middle it covers. */
  const coveredBy = (notice: Locator): Promise<string[]> =>
    notice.evaluate((element) =>
      [...document.querySelectorAll<HTMLElement>('button, input, a[href]')]
        .filter((control) => !element.contains(control))
        .filter((control) => {
          const { left, top, width, height } = control.getBoundingClientRect()
          const met = document.elementFromPoint(left + width / 2, top + height / 2)
          return width > 0 && met !== null && element.contains(met)
        })
        .map((control) => control.ariaLabel ?? control.innerText),
    )
  const open = (place: string) => page.evaluate((hash) => (location.hash = hash), place)

  it('keeps two jobs with long names inside the status bar, and their notices inside the window', async () => {
    const called = 'a run with a name that is longer than any notice is wide, by a good deal'
    const { id } = workbench.runs.start({ name: called, values: { batch: 2, queue: 4 } })
    const second = { name: `${called} (2)`, values: { batch: 2, queue: 4 } }
    workbench.evaluations.start({ runId: workbench.runs.start(second).id, protocol: 'knn' })
    const bar = page.locator('.status-bar')
    await expect.poll(() => bar.locator('.job').count(), patient).toBe(2)
    expect(await overhang(bar.locator('*'))).toBeLessThanOrEqual(0)
    const notice = page.getByTestId('run-notice').first()
    await notice.waitFor(patient)
    expect(await overhang(notice.locator('*'))).toBeLessThanOrEqual(0)
    expect(await coveredBy(notice)).toEqual([])
    expect(workbench.project.store.runs.get(id).status).toBe('done')
  })

  it('keeps what was loaded in view while the host is away, and counts nothing', async () => {
    await open('/runs/1')
    const chart = page.getByTestId('loss-chart')
    const points = async () => Number(await chart.getAttribute('data-points', patient))
    await expect.poll(points, patient).toBe(40)
    await open('/library')
    await page.getByTestId('video-card').first().waitFor(patient)
    await host?.close()
    host = null
    await page.getByText(/reach the workbench/).waitFor(patient)
    await open('/runs/1')
    await chart.waitFor(patient)
    await expect.poll(points, patient).toBe(40)
    await open('/library')
    await page.getByTestId('video-card').first().waitFor(patient)
    expect(await page.getByText('0 videos').count()).toBe(0)
  })
})
