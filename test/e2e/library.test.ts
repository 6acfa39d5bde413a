// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { seedVideos } from '../src-main/library/seeded-store.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'a large library'
  : `a large library (no Chromium at ${executablePath}: set FAME_CHROMIUM)`

/** Rows without files, beside the seven of the tiny set. */
const SEEDED = 20_000

describe.skipIf(!existsSync(executablePath))(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-library-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    const pages = await builtPage()
    const tiny = join(root, 'tiny')
    mkdirSync(tiny)
    await writeTinySet(tiny)
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    for await (const event of workbench.index({ folder: tiny, format: 'ucf101' })) void event
    seedVideos(workbench.project.store, SEEDED, join(root, 'nowhere'))
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    faults = pageFaults(page)
    await page.goto(host.url)
    await page.getByTestId('library-filters').waitFor()
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  const count = async (): Promise<number> => {
    const text = await page.getByTestId('video-count').textContent()
    return Number(text?.replace(/\D/g, ''))
  }
  const choice = (title: string, value: string) =>
    page.getByRole('region', { name: title, exact: true }).getByRole('checkbox', { name: value })

  it('keeps filters in the address: back and reload give them again', async () => {
    await expect.poll(count).toBe(SEEDED + 7)
    await choice('Split', 'Test').click()
    await expect.poll(count).toBeLessThan(SEEDED)
    const tests = await count()
    await expect
      .poll(() => choice('Split', 'Test').textContent())
      .toContain(tests.toLocaleString('en'))
    await page.getByTestId('library-search').fill('ride hor')
    await expect.poll(count).toBeLessThan(tests / 20)
    const found = await count()
    expect(found).toBeGreaterThan(0)
    await page.reload()
    await expect.poll(count).toBe(found)
    await page.goBack()
    await expect.poll(count).toBe(SEEDED + 7)
    await page.goForward()
    await expect.poll(count).toBe(found)
    await page.getByRole('button', { name: 'Clear all filters' }).click()
    await expect.poll(count).toBe(SEEDED + 7)
  })

  it('filters by a press on a chart, and takes it back by another', async () => {
    const chart = page.getByTestId('library-charts').locator('canvas').first()
    await chart.click({ position: { x: 44, y: 60 } })
    await expect.poll(count).toBeLessThan(SEEDED / 50)
    expect(page.url()).toContain('class=')
    await page
      .getByTestId('library-charts')
      .locator('canvas')
      .first()
      .click({
        position: { x: 44, y: 60 },
      })
    await expect.poll(count).toBe(SEEDED + 7)
  })

  it('tags all videos of a list, and undoes and redoes it by key', async () => {
    await choice('Split', 'Test').click()
    await expect.poll(count).toBeLessThan(SEEDED)
    const tests = await count()
    await page.keyboard.press('Control+a')
    const bar = page.getByTestId('selection-bar')
    await expect.poll(() => bar.textContent()).toContain(`${tests.toLocaleString('en')} selected`)
    await page.getByTestId('add-tag').click()
    await page.keyboard.type('held out')
    await page.keyboard.press('Enter')
    const tag = choice('Tags', 'held out')
    await expect.poll(() => tag.textContent()).toContain(tests.toLocaleString('en'))
    await page.locator('h1').click()
    await page.keyboard.press('Control+z')
    await expect.poll(() => tag.count()).toBe(0)
    await page.keyboard.press('Control+Shift+z')
    await expect.poll(() => tag.count()).toBe(1)
    await page.keyboard.press('Escape')
    await choice('Split', 'Test').click()
    await tag.click()
    await expect.poll(count).toBe(tests)
    await tag.click()
  })

  it('reaches the end of the table by scrolling, and sorts by its heads', async () => {
    await page.getByRole('radio', { name: 'Table' }).click()
    const row = page.getByTestId('video-row')
    await row.first().waitFor()
    await page.getByRole('columnheader', { name: 'Frames' }).getByRole('button').click()
    await page.getByRole('columnheader', { name: 'Frames' }).getByRole('button').click()
    expect(page.url()).toContain('sort=length.down')
    const frames = async () =>
      Number((await row.first().getByRole('gridcell').nth(4).textContent())?.replace(/\D/g, ''))
    await expect.poll(frames).toBeGreaterThan(3000)
    await page.locator('.scroller').evaluate((element) => (element.scrollTop = 1e9))
    await expect.poll(() => row.last().getAttribute('aria-rowindex')).toBe(String(SEEDED + 7 + 1))
    await expect.poll(() => row.last().textContent()).toMatch(/Truncated|not a video/)
  })

  it('goes through a clip under the pointer, and stops when it leaves', async () => {
    await page.getByRole('radio', { name: 'Grid' }).click()
    await choice('Data sets', 'tiny').click()
    await choice('File status', 'OK').click()
    await expect.poll(count).toBe(6)
    const scrub = page.getByTestId('scrub').first()
    await scrub.hover()
    await expect.poll(() => scrub.getAttribute('data-pictures')).toBe('8')
    await page.locator('h1').hover()
    await expect.poll(() => scrub.getAttribute('data-pictures')).toBe('0')
  })

  it('keeps a filter under a name', async () => {
    await page.getByTestId('save-filter').click()
    await page.getByPlaceholder('Name of this filter').fill('Tiny and fine')
    await page.keyboard.press('Enter')
    const saved = page.getByRole('button', { name: 'Tiny and fine', exact: true })
    await saved.waitFor()
    await page.getByRole('button', { name: 'Clear all filters' }).click()
    await expect.poll(count).toBe(SEEDED + 7)
    await saved.click()
    await expect.poll(count).toBe(6)
    await page.getByRole('button', { name: 'Clear all filters' }).click()
  })

  it('moves in the grid in two dimensions, from one tab stop, and gives the focus back', async () => {
    const focused = () =>
      page.evaluate(() => (document.activeElement as HTMLElement).dataset.index ?? '')
    // Before the list is drawn, the way leads to the view as a whole.
    await page.getByTestId('video-card').first().waitFor()
    await page.getByRole('button', { name: 'Skip to content' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(focused).toBe('0')
    expect(await page.getByRole('gridcell').and(page.locator('[tabindex="0"]')).count()).toBe(1)
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused).toBe('1')
    await page.keyboard.press('ArrowDown')
    await expect.poll(async () => Number(await focused())).toBeGreaterThan(3)
    await page.keyboard.press('End')
    await expect.poll(focused).toBe(String(SEEDED + 6))
    await page.keyboard.press('Home')
    await expect.poll(focused).toBe('0')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('region', { name: 'Video', exact: true })
    await panel.waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => panel.count()).toBe(0)
    await expect.poll(focused).toBe('0')
  })

  it('checks a folder before the dialog that adds it closes, and keeps what was typed', async () => {
    await page.getByRole('button', { name: 'Add videos' }).click()
    const path = page.getByTestId('index-folder-path')
    await path.fill(join(root, 'ti'))
    await page.getByRole('option', { name: 'tiny' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(() => path.inputValue()).toBe(`${join(root, 'tiny')}/`)
    const wrong = join(root, 'empty')
    mkdirSync(wrong)
    await path.fill(wrong)
    await page.getByTestId('index-folder').click()
    const refused = page.getByTestId('index-refused')
    await expect.poll(() => refused.textContent()).toContain(`format found in ${wrong}`)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Add videos' }).click()
    expect(await path.inputValue()).toBe(wrong)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })

  it('finds commands of other views, and videos, in the palette', async () => {
    const item = page.getByTestId('palette-item')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('new run')
    await expect.poll(() => item.first().textContent()).toContain('New run')
    await page.keyboard.press('Enter')
    await page.getByTestId('start-run').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('v_Spin_g02')
    const video = item.filter({ hasText: 'v_Spin_g02' }).first()
    await video.waitFor()
    await video.click()
    await page.getByTestId('video-player').waitFor()
    await page.keyboard.press('Control+k')
    await expect.poll(() => item.first().textContent()).toContain('v_Spin_g02')
    expect(await item.nth(1).textContent()).toContain('New run')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  })

  it('leaves Escape to a dialog', async () => {
    await page.keyboard.press('Control+a')
    const bar = page.getByTestId('selection-bar')
    await expect
      .poll(() => bar.textContent())
      .toContain(`${(SEEDED + 7).toLocaleString('en')} selected`)
    await page.getByRole('button', { name: 'Manage' }).click()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog', { name: 'Data sets' }).count()).toBe(0)
    await expect
      .poll(() => bar.textContent())
      .toContain(`${(SEEDED + 7).toLocaleString('en')} selected`)
  })

  it('takes a data set out', async () => {
    await page.getByRole('button', { name: 'Manage' }).click()
    const item = page.getByRole('listitem').filter({ hasText: 'nowhere' })
    await item.getByRole('button', { name: 'Remove' }).click()
    await item.getByRole('button', { name: 'Remove' }).last().click()
    await expect.poll(() => item.count(), { timeout: 60_000 }).toBe(0)
    await page.keyboard.press('Escape')
    await expect.poll(count).toBe(7)
    const unexpected = faults.filter((fault) => !fault.includes('status of 4'))
    expect(unexpected).toEqual([])
  })

  it('takes another frame rate for folders of frames, where they were indexed', async () => {
    const frames = join(root, 'frames', 'train', 'run', 'a')
    mkdirSync(frames, { recursive: true })
    const create = { width: 32, height: 24, channels: 3 as const, background: 'gray' }
    const picture = await sharp({ create }).jpeg().toBuffer()
    for (let i = 1; i <= 8; i++) writeFileSync(join(frames, `img_0000${i}.jpg`), picture)
    await page.getByRole('button', { name: 'Add videos' }).click()
    await page.getByTestId('index-folder-path').fill(join(root, 'frames'))
    await page.getByTestId('index-folder').click()
    const field = page.getByTestId('frame-rate').getByRole('textbox')
    await expect.poll(() => field.inputValue(), { timeout: 30_000 }).toBe('25')
    await field.fill('12.5')
    await field.press('Enter')
    const { datasets } = workbench.project.store
    const rate = () => datasets.frameRate(join(root, 'frames'))
    await expect.poll(rate, { timeout: 30_000 }).toBe(12.5)
  })
})
