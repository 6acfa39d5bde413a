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
  ? 'masks by frame'
  : `masks by frame (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
/** Other work may have the machine. */
const patient = { timeout: 20_000 }

describe.skipIf(!existsSync(executablePath))(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-frames-'))
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

  const key = (keys: string): Promise<void> => page.keyboard.press(keys)
  const kinds = (): Promise<(string | null)[]> =>
    page
      .getByTestId('frame-strip')
      .locator('span')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-kind')))
  const place = (): Promise<string> => page.getByTestId('frame-place').innerText()
  /** Pixels of foreground by frame, as they are stored. */
  function stored(): Record<number, number> {
    const open = workbench.project.store.masks.open(clip)
    const shape = { frames: 8, pixels: tiny.width * tiny.height }
    return Object.fromEntries(
      [...unpackFrames(open?.byFrame ?? null, shape)].map(([frame, { mask }]) => [
        frame,
        countForeground(unpackRuns(mask)),
      ]),
    )
  }
  async function goTo(frame: number): Promise<void> {
    // Keys belong to what has the focus.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await key('Home')
    for (let i = 0; i < frame; i++) await key('Control+ArrowRight')
    await expect.poll(place, patient).toContain(`Frame ${frame} of 7`)
  }
  const ready = (): Promise<string | null> =>
    page.getByTestId('mask-saving').getAttribute('data-state')

  it('edits one frame, and no other', async () => {
    await expect.poll(ready, patient).toBe('saved')
    await goTo(3)
    await page.getByRole('radio', { name: 'This frame' }).click()
    await key('i')
    await expect
      .poll(kinds, patient)
      .toEqual([...Array<string>(3).fill('none'), 'hand', ...Array<string>(4).fill('none')])
    await expect.poll(() => Object.keys(stored()), patient).toEqual(['3'])
    await expect.poll(place, patient).toContain('own mask, by hand')
    await key('Control+ArrowRight')
    await expect.poll(place, patient).toContain('mask of the clip')
  })

  it('goes to frames with masks of their own by key', async () => {
    await goTo(7)
    await key('Shift+PageUp')
    await expect.poll(place, patient).toContain('Frame 3 of 7')
  })

  it('propagates, and accepts a range in one step that is undone at once', async () => {
    await goTo(3)
    await key('Shift+P')
    await expect
      .poll(async () => (await kinds()).filter((kind) => /proposed|doubtful/.test(kind!)), {
        timeout: 60_000,
      })
      .toHaveLength(7)
    expect(Object.keys(stored())).toEqual(['3'])
    const strip = await page.getByTestId('frame-strip').boundingBox()
    const at = (frame: number): [number, number] => [
      strip!.x + ((frame + 0.5) / 8) * strip!.width,
      strip!.y + strip!.height / 2,
    ]
    await page.mouse.click(...at(4))
    await page.keyboard.down('Shift')
    await page.mouse.click(...at(6))
    await page.keyboard.up('Shift')
    await page.getByTestId('accept-frames').click()
    await expect.poll(() => Object.keys(stored()), patient).toEqual(['3', '4', '5', '6'])
    expect((await kinds()).slice(4, 7)).toEqual(Array(3).fill('propagated'))
    await key('Control+z')
    await expect.poll(() => Object.keys(stored()), patient).toEqual(['3'])
    // The page has to hear of the undo before it can redo.
    await expect.poll(ready, patient).toBe('saved')
    await expect
      .poll(async () => (await kinds()).slice(4, 7), patient)
      .toEqual(Array(3).fill('none'))
    await key('Control+y')
    await expect.poll(() => Object.keys(stored()), patient).toEqual(['3', '4', '5', '6'])
  })

  it('keeps what was corrected by hand, and says where it differs', async () => {
    await page.getByTestId('discard-frames').click()
    await goTo(0)
    await key('h')
    await page.getByTestId('tool-rectangle').click()
    const stage = await page.getByTestId('mask-stage').boundingBox()
    await page.mouse.move(stage!.x + stage!.width * 0.4, stage!.y + stage!.height * 0.4)
    await page.mouse.down()
    await page.mouse.move(stage!.x + stage!.width * 0.45, stage!.y + stage!.height * 0.5)
    await page.mouse.up()
    await key('Escape')
    await expect.poll(() => Object.keys(stored()).includes('0'), patient).toBe(true)
    const before = stored()
    await key('Shift+P')
    await expect.poll(() => page.getByTestId('propagate').count(), { timeout: 60_000 }).toBe(1)
    await expect.poll(kinds, patient).toContain('conflict')
    await key('Control+Enter')
    await expect.poll(() => Object.keys(stored()).length, patient).toBe(8)
    expect(stored()[3]).toBe(before[3])
  })

  it('cancels, and keeps nothing of it once it is discarded', async () => {
    const before = stored()
    await goTo(0)
    await page.getByTestId('propagate').click()
    await page.getByTestId('propagate-cancel').click()
    await expect.poll(() => page.getByTestId('propagate').count(), patient).toBe(1)
    if ((await page.getByTestId('discard-frames').count()) > 0) {
      await page.getByTestId('discard-frames').click()
    }
    await expect.poll(() => page.getByTestId('discard-frames').count(), patient).toBe(0)
    expect(stored()).toEqual(before)
  })

  it('gives a frame the mask of the clip again', async () => {
    await goTo(5)
    await key('Shift+U')
    await expect.poll(() => stored()[5], patient).toBeUndefined()
    await expect.poll(place, patient).toContain('mask of the clip')
  })

  it('edits from a frame on, and the whole clip', async () => {
    await goTo(6)
    await page.getByRole('radio', { name: 'From here on' }).click()
    const [five, six] = [stored()[4], stored()[6]]
    await key('i')
    await expect.poll(() => stored()[6] !== six, patient).toBe(true)
    expect(stored()[4]).toBe(five)
    await page.getByRole('radio', { name: 'Whole clip' }).click()
    await key('Control+z')
    await expect.poll(() => stored()[6], patient).toBe(six)
  })

  it('keeps a frame, which propagation then leaves as it is', async () => {
    await goTo(2)
    await key('Shift+H')
    await expect.poll(async () => (await kinds())[2], patient).toBe('hand')
    await expect.poll(place, patient).toContain('own mask, by hand')
  })

  it('accepts what was propagated when the clip is approved', async () => {
    await goTo(5)
    await key('Shift+U')
    await expect.poll(() => stored()[5], patient).toBeUndefined()
    await goTo(0)
    await key('Shift+P')
    await expect.poll(() => page.getByTestId('propagate').count(), { timeout: 60_000 }).toBe(1)
    await expect.poll(async () => (await kinds())[5], patient).toMatch(/proposed|doubtful/)
    await page.getByRole('button', { name: /^Approve/ }).click()
    await expect.poll(() => stored()[5], patient).toBeDefined()
    const open = () => workbench.project.store.masks.open(clip)?.window.state
    await expect.poll(open, patient).toBe('approved')
  })

  it('shows and approves what a variant finds in each frame', async () => {
    const found = { ...clip, start: 1 }
    const { videoId, start, frames, stride } = found
    await page.goto(
      `${host.url}#/masks?video=${videoId}&start=${start}&frames=${frames}&stride=${stride}`,
    )
    await page.getByRole('tab', { name: 'Mask', exact: true }).click()
    await page.getByRole('radio', { name: 'Motion', exact: true }).click()
    await page.getByRole('tab', { name: 'Correct' }).click()
    await expect.poll(place, patient).toContain('found automatically')
    await page.getByRole('button', { name: /^Approve/ }).click()
    const open = () => workbench.project.store.masks.open(found)
    await expect.poll(() => open()?.window.state, patient).toBe('approved')
    expect(open()!.window.edited).toBe(false)
    const shape = { frames, pixels: tiny.width * tiny.height }
    const kept = [...unpackFrames(open()!.byFrame, shape).values()]
    expect(kept.map(({ source }) => source)).toEqual(Array(frames).fill('automatic'))
    expect(kept.some(({ mask }) => countForeground(unpackRuns(mask)) > 0)).toBe(true)
  })

  it('has met no fault', () => {
    expect(faults).toEqual([])
  })
})
