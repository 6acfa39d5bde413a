// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'the runs view'
  : `the runs view (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
const patient = { timeout: 120_000 }

describe.skipIf(!existsSync(executablePath))(name, { timeout: 300_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-runs-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]

  /** A run as training would have left it: `steps` losses that fall to `last`. */
  function addRun(run: string, steps: number, last: number, lr: number): number {
    const { store } = workbench.project
    const datasetId = store.datasets.list()[0].id
    const config = completeConfig({ lr })
    const { id } = store.runs.add({ name: run, config, datasetId, totalSteps: steps })
    const points = Array.from({ length: steps }, (_, i) => [
      { step: i + 1, name: 'loss', value: last + (steps - 1 - i) / steps },
      { step: i + 1, name: 'accuracy', value: (i + 1) / (2 * steps) },
      { step: i + 1, name: 'lr', value: lr * (1 - i / steps) },
    ])
    store.runMetrics.write(id, points.flat())
    return id
  }

  beforeAll(async () => {
    const pages = await builtPage()
    mkdirSync(join(root, 'moves'))
    await writeTinySet(join(root, 'moves'))
    // What the sample set is known by; its folder is called otherwise.
    writeFileSync(join(root, 'moves', 'sample.json'), '{"name":"FAME sample set","version":1}')
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    const indexing = workbench.index({ folder: join(root, 'moves'), format: 'ucf101' })
    for await (const event of indexing) expect(event).toBeDefined()
    addRun('low', 40, 2, 0.1)
    addRun('high', 20, 6, 0.03)
    addRun('a run of one step with a name that is longer than any list is wide', 1, 4, 0.3)
    workbench.project.store.runMetrics.flush()
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    faults = pageFaults(page)
    await page.goto(host.url, patient)
    await page.getByTestId('video-card').first().waitFor(patient)
  }, 300_000)

  beforeEach(() => page.setViewportSize({ width: 1440, height: 900 }))

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  async function open(place: string, sign: Locator): Promise<void> {
    await page.evaluate((hash) => (location.hash = hash), place)
    await sign.first().waitFor(patient)
  }
  const charts = () => page.locator('figure.chart:visible')
  const rows = () => page.getByTestId('run-row')
  const openRun = (id: number) => open(`/runs/${id}`, page.getByTestId('loss-chart'))

  it('has no text that is cut and nothing that scrolls sideways, whatever the width', async () => {
    for (const width of [1024, 1440, 1920]) {
      await page.setViewportSize({ width, height: 900 })
      await openRun(1)
      await page.getByTestId('loss-chart').getByTestId('last-value').waitFor(patient)
      const overflowing = await page.evaluate(() =>
        [...document.querySelectorAll('main *, nav *')]
          .filter((element) => {
            const { overflowX, textOverflow } = getComputedStyle(element)
            const isWider = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
            if (overflowX === 'auto' || overflowX === 'scroll') return isWider
            return isWider && element.closest('figcaption') !== null && textOverflow !== 'clip'
          })
          .map((element) => `${element.tagName} ${element.className}`),
      )
      expect(overflowing, `at ${width}`).toEqual([])
      // No head leaves its card.
      for (const chart of await charts().all()) {
        const [card, button] = await Promise.all([
          chart.boundingBox(),
          chart.getByRole('button').first().boundingBox(),
        ])
        expect(button!.x + button!.width, `at ${width}`).toBeLessThanOrEqual(card!.x + card!.width)
        expect(card!.width, `at ${width}`).toBeGreaterThanOrEqual(380)
      }
    }
  })

  it('shows the last measured values, and tells the measured value under the pointer', async () => {
    await openRun(1)
    const head = page.getByTestId('loss-chart').getByTestId('last-value')
    await expect.poll(() => head.innerText(), patient).toBe('2')
    const range = page.getByTestId('lr-chart').locator('.range')
    await expect.poll(() => range.innerText(), patient).toContain('last 0.0025')
  })

  it('draws every chart of all runs that are ticked in the list', async () => {
    await openRun(1)
    await page.getByRole('checkbox', { name: 'Compare high' }).check()
    await expect.poll(() => page.url()).toContain('/runs/compare?ids=')
    const table = page.getByRole('region', { name: 'Compared runs' })
    await expect.poll(() => table.getByRole('row').count(), patient).toBe(3)
    for (const chart of ['loss', 'accuracy', 'lr']) {
      const canvas = page.getByTestId(`${chart}-chart`).locator('canvas')
      await canvas.waitFor(patient)
    }
    await page.getByRole('checkbox', { name: 'Compare high' }).uncheck()
    await expect.poll(() => table.getByRole('row').count()).toBe(2)
  })

  it('keeps which columns are shown and how they are sorted', async () => {
    const table = page.getByRole('region', { name: 'Compared runs' })
    await open('/runs/compare?ids=1,2', table)
    const heads = () => table.getByRole('columnheader').allInnerTexts()
    await expect.poll(heads, patient).toContain('Loss, last')
    await page.getByTestId('columns').click()
    await page.getByRole('checkbox', { name: 'Top-1, last' }).check()
    await page.getByRole('checkbox', { name: 'Steps' }).uncheck()
    await page.keyboard.press('Escape')
    await table.getByRole('button', { name: 'Loss, last' }).click()
    const names = () => table.getByRole('rowheader').allInnerTexts()
    await expect.poll(names).toEqual(['low #1', 'high #2'])
    await table.getByRole('button', { name: 'Loss, last' }).click()
    await expect.poll(names).toEqual(['high #2', 'low #1'])
    await page.reload()
    await expect.poll(names, patient).toEqual(['high #2', 'low #1'])
    await expect.poll(heads, patient).toContain('Top-1, last')
    expect(await heads()).not.toContain('Steps')
    for (const width of [1024, 1440, 1920]) {
      await page.setViewportSize({ width, height: 900 })
      const over = () => table.evaluate((card) => card.scrollWidth - card.clientWidth)
      await expect.poll(over, { message: `at ${width}` }).toBe(0)
    }
  })

  it('finds runs by what they measured, together with words and settings', async () => {
    await openRun(1)
    const search = page.getByRole('textbox', { name: 'Search runs' })
    for (const [text, count] of [
      ['loss<3', 1],
      ['loss>3', 2],
      ['loss>3 lr=0.03', 1],
      ['loss>3 high', 1],
      ['loss<1', 0],
      ['', 3],
    ] as const) {
      await search.fill(text)
      await expect.poll(() => rows().count(), patient).toBe(count)
    }
    await page.getByTestId('search-help').click()
    await page.getByText('the last measured value').waitFor()
    await page.keyboard.press('Escape')
  })

  it('lists runs in the order that was chosen, and gives the focus back from the choice', async () => {
    await openRun(1)
    const options = page.getByTestId('list-options')
    await options.click()
    await page.getByRole('combobox', { name: 'Sort by' }).click()
    await page.getByRole('option', { name: 'Loss, last measured', exact: true }).click()
    const order = () => rows().evaluateAll((all) => all.map((row) => row.getAttribute('data-run')))
    await expect.poll(order, patient).toEqual(['2', '3', '1'])
    await page.getByRole('radio', { name: 'Ascending' }).click()
    await expect.poll(order).toEqual(['1', '3', '2'])
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('radio', { name: 'Ascending' }).count()).toBe(0)
    expect(await options.evaluate((button) => button === document.activeElement)).toBe(true)
  })

  it('says why a run cannot start, leads there, and keeps what was typed', async () => {
    await open('/runs/new', page.getByTestId('start-run'))
    const field = (setting: string) => page.locator(`[data-parameter=${setting}] input`)
    await expect.poll(() => page.getByTestId('recipe-sample').isChecked(), patient).toBe(true)
    await field('batch').fill('2')
    await field('queue').fill('4')
    await expect.poll(() => page.getByTestId('obstacle').count(), patient).toBe(0)
    await field('batch').fill('5000')
    const obstacle = page.getByTestId('obstacle')
    await expect
      .poll(() => obstacle.innerText(), patient)
      .toContain('The batch of 5,000 is larger than the number of training videos, 4.')
    const start = page.getByTestId('start-run')
    expect(await start.getAttribute('aria-description')).toContain('The batch of 5,000')
    await obstacle.getByRole('button', { name: 'Show' }).click()
    expect(await field('batch').evaluate((input) => input === document.activeElement)).toBe(true)
    await field('batch').fill('2')
    await field('beta').fill('abc')
    await field('batch').focus()
    expect(await field('beta').inputValue()).toBe('abc')
    expect(await field('beta').getAttribute('aria-invalid')).toBe('true')
    await expect.poll(() => obstacle.innerText()).toContain('“abc” is not a number.')
    await field('beta').fill('0.3')
    await expect.poll(() => obstacle.count(), patient).toBe(0)
  })

  it('names a run made from another so that no two are alike', async () => {
    await open('/runs/new?from=1', page.getByTestId('start-run'))
    const field = page.getByRole('textbox', { name: 'Name' })
    await expect.poll(() => field.inputValue(), patient).toBe('low (2)')
    expect(faults).toEqual([])
  })
})
