// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { unpackFrames } from '#shared/masks/frame-masks.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { countForeground } from '#shared/masks/runs.ts'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { tiny, writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { collect } from '../src-main/runs/training-project.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'objects found by clicks'
  : `objects found by clicks (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
/** Other work may have the machine. */
const patient = { timeout: 20_000 }
/** The square that moves: 16 pixels a side, from x = 4 in frame 0, one pixel a frame. */
const SQUARE = 16 * 16

describe.skipIf(!existsSync(executablePath))(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-clicks-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]
  let clip: ClipWindow

  beforeAll(async () => {
    const pages = await builtPage()
    const folder = join(root, 'set')
    mkdirSync(folder)
    await writeTinySet(folder)
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    await collect(workbench.index({ folder, format: 'ucf101' }))
    const { items } = workbench.project.store.videos.query({})
    const { id } = items.find(({ error }) => error === null)!
    clip = { videoId: id, start: 0, frames: 8, stride: 2 }
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    faults = pageFaults(page)
    await page.goto(`${host.url}#/masks?video=${id}&start=0&frames=8&stride=2`)
    await page.getByRole('tab', { name: 'Correct' }).click()
    await page.getByTestId('mask-saving').waitFor({ state: 'attached' })
  })

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  const ready = (): Promise<string | null> =>
    page.getByTestId('mask-saving').getAttribute('data-state')
  const said = (): Promise<string> => page.getByTestId('clicks-said').innerText()
  const key = (keys: string): Promise<void> => page.keyboard.press(keys)
  /** The stage shows the whole picture in its middle. */
  async function click(x: number, y: number): Promise<void> {
    const box = (await page.getByTestId('mask-stage').boundingBox())!
    const scale = Math.min(box.width / tiny.width, box.height / tiny.height)
    await page.mouse.click(
      box.x + box.width / 2 + (x - tiny.width / 2) * scale,
      box.y + box.height / 2 + (y - tiny.height / 2) * scale,
    )
  }
  const open = () => workbench.project.store.masks.open(clip)
  function ofClip(): number {
    const mask = open()?.mask
    return mask ? countForeground(mask) : 0
  }
  const ofFrame = (at: number): number | undefined => {
    const shape = { frames: 8, pixels: tiny.width * tiny.height }
    const own = unpackFrames(open()?.byFrame ?? null, shape).get(at)
    return own && countForeground(unpackRuns(own.mask))
  }

  it('a click proposes the object of the frame, and Enter takes it', async () => {
    await expect.poll(ready, patient).toBe('saved')
    await page.getByRole('radio', { name: 'This frame' }).click()
    await page.getByTestId('tool-clicks').click()
    await expect.poll(said, patient).toBe('No clicks yet.')
    await click(12, 24)
    await expect.poll(said, patient).toContain('1 click')
    expect(open()).toBeNull()
    await key('Enter')
    await expect.poll(() => ofFrame(0), patient).toBeDefined()
    expect(Math.abs(ofFrame(0)! - SQUARE)).toBeLessThanOrEqual(20)
  })

  it('undo takes back clicks before edits', async () => {
    await click(12, 24)
    await click(16, 28)
    await expect.poll(said, patient).toContain('2 clicks')
    await key('Control+z')
    await expect.poll(said, patient).toContain('1 click ')
    await key('Backspace')
    await expect.poll(said, patient).toBe('No clicks yet.')
    expect(ofFrame(0)).toBeDefined()
    await key('Control+z')
    await expect.poll(() => ofFrame(0), patient).toBeUndefined()
  })

  it('an edit of the clip takes all places where the object is', async () => {
    await page.getByRole('radio', { name: 'Whole clip' }).click()
    await expect.poll(said, patient).toBe('No clicks yet.')
    await click(12, 24)
    await expect.poll(said, patient).toContain('1 click')
    await key('Enter')
    // The square goes on by 14 pixels in the clip.
    await expect.poll(() => Math.abs(ofClip() - 30 * 16), patient).toBeLessThanOrEqual(60)
    expect(faults).toEqual([])
  })
})
