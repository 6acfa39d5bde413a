// @module-tag browser
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeDavisSet } from '../src-main/trainer/davis-set.ts'
import { axeSource, violations } from './axe.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'tracking in a browser'
  : `tracking in a browser (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
/** What a slow machine may take, in ms. */
const patient = { timeout: 60_000 }
const trainerEntry = fileURLToPath(new URL('fake-tracker.ts', import.meta.url))
const red = { label: 1, top: 16, left: 16, side: 32, speed: 4, colour: [190, 60, 60] } as const
const blue = { label: 2, top: 56, left: 72, side: 24, speed: -4, colour: [60, 60, 190] } as const

describe.skipIf(!existsSync(executablePath))(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-tracking-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    const pages = await builtPage()
    await writeDavisSet(join(root, 'davis'), [
      { name: 'both', frames: 10, squares: [red, blue] },
      { name: 'still', frames: 8, squares: [{ ...red, speed: 0 }] },
    ])
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web', trainerEntry })
    for await (const event of workbench.index({ folder: join(root, 'davis') })) void event
    workbench.evaluations.start({ runId: null, protocol: 'tracking' })
    const evaluated = () => workbench.project.store.evaluations.get(1)
    await vi.waitUntil(() => !/queued|running/.test(evaluated().status), patient)
    expect(evaluated()).toMatchObject({ status: 'done', error: null })
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    page = await context.newPage()
    faults = pageFaults(page)
    await page.goto(host.url)
    await page.getByTestId('nav-evaluate').click()
    await page.getByTestId('track-row').first().waitFor(patient)
  })

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  /** The colour in the middle of the canvas's upper left object, RGB. */
  const colourAt = (x: number, y: number) =>
    page.getByTestId('track-canvas').evaluate(
      (canvas: HTMLCanvasElement, [across, down]) => {
        const context = canvas.getContext('2d')!
        const { data } = context.getImageData(canvas.width * across!, canvas.height * down!, 1, 1)
        return [...data]
      },
      [x, y],
    )

  it('lists the encoder and every tracker, those without a first frame apart', async () => {
    const rows = await page.getByTestId('track-row').allInnerTexts()
    expect(rows.map((row) => row.split(/\s*\n|\t/)[0])).toEqual([
      expect.stringContaining('random initialisation'),
      ...['Copy', 'Optical flow', 'Colour', 'FAME mask', 'Seed mask', 'Motion mask'],
    ])
    expect(await page.getByText('Without a first frame').count()).toBe(1)
  })

  it('shows the labels of the chosen tracker over the frame', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    const sequence = page.getByTestId('sequence')
    const place = sequence.getByRole('slider', { name: 'Frame' })
    await place.fill('9')
    await page.getByTestId('sequence').getByRole('slider', { name: 'Labels' }).fill('1')
    // A copy leaves the label where the first frame had the red square; colour has moved on with it.
    const before = await colourAt(24 / 128, 32 / 96)
    expect(before).toEqual([0, 176, 196, 255])
    await sequence.getByRole('radio', { name: /Colour/ }).click()
    await expect.poll(() => colourAt(24 / 128, 32 / 96), patient).not.toEqual(before)
    expect(await colourAt(68 / 128, 32 / 96)).toEqual([0, 176, 196, 255])
  })

  it('goes from sequence to sequence by key, and is told to seek by the curves', async () => {
    await page.getByRole('listbox', { name: 'Sequences' }).focus()
    await page.keyboard.press('ArrowDown')
    const sequence = page.getByTestId('sequence')
    await expect.poll(() => sequence.innerText(), patient).toContain('still')
    const box = (await page.getByTestId('frame-curves').boundingBox())!
    await page.mouse.click(box.x + box.width - 10, box.y + box.height / 2)
    await expect.poll(() => sequence.innerText()).toContain('7 / 7')
  })

  it('is accessible', async () => {
    await page.evaluate(axeSource)
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })
})
