// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'evaluations in a browser'
  : `evaluations in a browser (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
/** What a slow machine may take, in ms. */
const patient = { timeout: 60_000 }
const trainerEntry = fileURLToPath(new URL('fake-evaluator.ts', import.meta.url))

describe.skipIf(!existsSync(executablePath))(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-evaluate-'))
  const gate = join(root, 'gate')
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    const pages = await builtPage()
    const tiny = join(root, 'tiny')
    mkdirSync(tiny)
    await writeTinySet(tiny, 4, 4)
    vi.stubEnv('FAKE_GATE', gate)
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web', trainerEntry })
    for await (const event of workbench.index({ folder: tiny, format: 'ucf101' })) void event
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    faults = pageFaults(page)
    await page.goto(host.url)
    await page.getByTestId('nav-evaluate').click()
    await page.getByTestId('start-evaluation').waitFor()
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  const matrix = () => page.getByTestId('confusion')
  async function pressCell(row: number, column: number): Promise<void> {
    const number = async (of: string) => Number(await matrix().getAttribute(`data-${of}`))
    const cell = await number('cell')
    const x = (await number('left')) + (column + 0.5) * cell
    const y = (await number('top')) + (row + 0.5) * cell
    await matrix().click({ position: { x, y } })
  }

  it('keeps what was chosen, and states the protocol in full', async () => {
    await page.locator('[data-protocol=knn]').click()
    const sentence = page.getByTestId('protocol-sentence')
    await expect.poll(() => sentence.textContent(), patient).toContain('20 nearest training videos')
    await page.locator('summary', { hasText: 'Settings' }).click()
    const clips = page.locator('[data-setting=clips]').getByRole('textbox')
    await clips.fill('2')
    await clips.press('Tab')
    await expect.poll(() => sentence.textContent(), patient).toContain('2 clips')
    await page.getByTestId('nav-library').click()
    await page.getByTestId('video-card').first().waitFor()
    await page.getByTestId('nav-evaluate').click()
    await expect.poll(() => sentence.textContent(), patient).toContain('2 clips')
    expect(await page.locator('[data-protocol=knn] input').isChecked()).toBe(true)
  })

  it('shows what the videos that are done say, and then the result', async () => {
    await page.getByTestId('start-evaluation').click()
    await expect.poll(() => page.getByTestId('partial').textContent(), patient).toContain('2 of 4')
    await expect.poll(() => matrix().getAttribute('aria-label')).toContain('2 classes')
    // What was seen so far is the host's: it is there again after a visit elsewhere.
    const points = () => page.getByTestId('score-trace').locator('polyline').getAttribute('points')
    await page.getByTestId('nav-runs').click()
    await page.getByTestId('score-trace').waitFor({ state: 'detached' })
    await page.getByTestId('nav-evaluate').click()
    await expect.poll(async () => (await points())?.split(' ').length, patient).toBe(2)
    writeFileSync(gate, '')
    const result = page.getByTestId('evaluation-result')
    await expect.poll(() => result.textContent(), patient).toContain('50.0 %')
  })

  it('opens the videos behind a cell of the confusion matrix, and one of them in the library', async () => {
    await page.getByRole('tab', { name: 'Confusion' }).click()
    await pressCell(1, 0)
    const videos = page.getByTestId('cell-videos')
    await expect.poll(() => videos.getByTestId('answer').count(), patient).toBe(2)
    await expect.poll(() => videos.textContent()).toContain('predicted as Bounce')
    const picture = videos.locator('img').first()
    await expect
      .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth), patient)
      .toBeGreaterThan(0)
    await pressCell(1, 1)
    await expect.poll(() => videos.textContent(), patient).toContain('No videos in this cell')
    await pressCell(1, 0)
    await videos.getByRole('link', { name: 'Open in Library' }).first().click()
    await page.getByTestId('video-player').waitFor()
    await page.goBack()
    await matrix().waitFor()
  })

  it('steps through queries and their neighbours by key', async () => {
    await page.getByRole('tab', { name: 'Neighbours' }).click()
    const gallery = page.getByTestId('gallery')
    await expect.poll(() => gallery.textContent(), patient).toContain('1 of 4 queries')
    await expect.poll(() => gallery.getByTestId('neighbour').count()).toBe(4)
    await page.keyboard.press('j')
    await expect.poll(() => gallery.textContent(), patient).toContain('2 of 4 queries')
    await page.keyboard.press('w')
    await expect.poll(() => gallery.textContent(), patient).toContain('1 of 2 queries')
    await page.keyboard.press('k')
    await expect.poll(() => gallery.textContent(), patient).toContain('2 of 2 queries')
    await expect.poll(() => gallery.getByTestId('answer').textContent()).toContain('True Spin')
  })

  it('opens selected predictions in Masks, and sets up an evaluation on them', async () => {
    await page.getByRole('tab', { name: 'Predictions' }).click()
    const bar = page.getByTestId('selected-videos')
    await page.getByTestId('answer').getByRole('checkbox').first().click()
    await expect.poll(() => bar.textContent(), patient).toContain('1 selected')
    await page.getByTestId('select-predictions').click()
    await expect.poll(() => bar.textContent(), patient).toContain('2 selected')
    await page.getByTestId('open-in-masks').click()
    const place = page.getByTestId('listed-place')
    await expect.poll(() => place.innerText(), patient).toBe('1 of 2')
    await page.getByTestId('listed-close').click()
    await page.goBack()
    await page.getByTestId('select-predictions').click()
    await page.getByTestId('evaluate-selection').click()
    await page.getByTestId('evaluate-tag').fill('mistaken')
    await page.getByTestId('evaluate-with-tag').click()
    const sentence = page.getByTestId('protocol-sentence')
    await expect
      .poll(() => sentence.textContent(), patient)
      .toContain('only test videos tagged “mistaken”')
    const { total } = await workbench.library.page({
      filter: { tags: ['mistaken'] },
      sort: { by: 'path', descending: false },
      offset: 0,
      limit: 10,
    })
    expect(total).toBe(2)
  })

  it('puts all results into one table, from which one is opened', async () => {
    await page.getByTestId('show-results').click()
    const row = page.getByTestId('result-row')
    await expect.poll(() => row.count(), patient).toBe(1)
    await expect.poll(() => row.textContent()).toContain('50.0')
    const saving = page.waitForEvent('download', patient)
    await page.getByTestId('save-report').click()
    const saved = await saving
    expect(saved.suggestedFilename()).toBe('report.html')
    expect(readFileSync(await saved.path(), 'utf8')).toMatch(/<h3>k-NN<[^]*50\.0 /)
    await row.getByRole('button', { name: '50.0' }).click()
    await page.getByTestId('evaluation-status').waitFor()
    expect(faults).toEqual([])
  })
})
