// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet, writeTinyVideo } from '../src-main/hosts/tiny-videos.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'the layer of flow'
  : `the layer of flow (no Chromium at ${executablePath}: set FAME_CHROMIUM)`

describe.skipIf(!existsSync(executablePath))(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-flow-page-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    const pages = await builtPage()
    const tiny = join(root, 'tiny')
    mkdirSync(tiny)
    await writeTinySet(tiny, 2, 0)
    await writeTinyVideo(join(tiny, 'UCF-101/Spin/v_Spin_g50_c01.avi'), 1)
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    for await (const event of workbench.index({ folder: tiny, format: 'ucf101' })) void event
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

  const shownFrame = () => page.getByTestId('video-player').getAttribute('data-frame')
  /** The greatest opacity of the layer: 0 where nothing moves, or there is no flow. */
  const opacity = () =>
    page.getByTestId('flow-layer').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement
      const context = (canvas as HTMLCanvasElement).getContext('2d')!
      const { data } = context.getImageData(0, 0, width, height)
      return data.reduce((most, value, i) => (i % 4 === 3 ? Math.max(most, value) : most), 0)
    })

  it('is toggled on the player, with a legend, and has nothing after the last frame', async () => {
    await page.goto(new URL('#/library?video=1', host.url).href)
    await expect.poll(shownFrame).toBe('0')
    expect(await page.getByTestId('flow-layer').count()).toBe(0)
    await page.getByTestId('video-player').focus()
    await page.keyboard.press('Shift+F')
    await expect.poll(opacity).toBeGreaterThan(100)
    expect(await page.getByTestId('flow-legend').textContent()).toContain('Full colour: 0.75 px')
    await page.keyboard.press('End')
    await expect.poll(shownFrame).toBe('39')
    await expect.poll(opacity).toBe(0)
    // In the second piece of the video.
    await page.keyboard.press('ArrowLeft')
    await expect.poll(opacity).toBeGreaterThan(100)
    await page.keyboard.press('Shift+F')
    await expect.poll(() => page.getByTestId('flow-layer').count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('is found in the palette', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: /Search/ }).fill('optical flow')
    await expect
      .poll(() => page.getByRole('option', { name: /Toggle layer: optical flow/ }).count())
      .toBe(1)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByTestId('flow-legend').count()).toBe(1)
  })

  it('lies over the stage of masks', async () => {
    await page.goto(new URL('#/masks?video=1', host.url).href)
    await page.getByTestId('mask-stage').waitFor()
    const before = Number(await page.getByTestId('mask-stage').getAttribute('data-painted'))
    await page.getByTestId('layer-flow').click()
    await page.getByTestId('flow-legend').waitFor()
    await expect
      .poll(async () => Number(await page.getByTestId('mask-stage').getAttribute('data-painted')))
      .toBeGreaterThan(before + 1)
    expect(await page.getByTestId('layer-flow').getAttribute('aria-pressed')).toBe('true')
    expect(faults).toEqual([])
  })

  it('says why a video of one frame has none', async () => {
    const { items } = workbench.project.store.videos.query({ damaged: false })
    const { id } = items.find(({ frames }) => frames === 1)!
    const reason = 'The video has one frame, and flow leads to a next one.'
    for (const [view, button] of [
      ['library', 'flow-toggle'],
      ['masks', 'layer-flow'],
    ] as const) {
      await page.goto(new URL(`#/${view}?video=${id}`, host.url).href)
      const toggle = page.getByTestId(button)
      await expect.poll(() => toggle.getAttribute('aria-disabled')).toBe('true')
      expect(await toggle.getAttribute('aria-description')).toBe(reason)
    }
  })
})
