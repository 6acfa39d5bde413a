// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { writeVideo } from '#main/video/writer.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { tiny, tinyFrame, writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { collect } from '../src-main/runs/training-project.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'seeing masks'
  : `seeing masks (no Chromium at ${executablePath}: set FAME_CHROMIUM)`

const FRAMES = 40
/** Other work may have the machine. */
const patient = { timeout: 20_000 }

/** What `tinyFrame` draws, 0 or 255: gray u8 [H, W] a frame. */
function* trueMasks(): Generator<Uint8Array> {
  for (let i = 0; i < FRAMES; i++) {
    const frame = tinyFrame(i)
    yield Uint8Array.from({ length: tiny.width * tiny.height }, (_, at) =>
      frame[3 * at]! > 200 ? 255 : 0,
    )
  }
}

describe.skipIf(!existsSync(executablePath))(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-see-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]
  let ids: number[]

  beforeAll(async () => {
    const pages = await builtPage()
    const folder = join(root, 'set')
    mkdirSync(folder)
    await writeTinySet(folder)
    const truth = join(folder, 'UCF-101-masks', 'Bounce', 'v_Bounce_g01_c01.mkv')
    mkdirSync(dirname(truth), { recursive: true })
    const gray = { ...tiny, codec: 'ffv1', pixelFormat: 'gray' } as const
    await writeVideo(truth, gray, [...trueMasks()])
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    await collect(workbench.index({ folder, format: 'ucf101' }))
    const { items } = workbench.project.store.videos.query({})
    ids = items.filter(({ error }) => error === null).map(({ id }) => id)
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    faults = pageFaults(page)
    await page.goto(host.url)
    await page.getByTestId('nav-masks').click()
  })

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  async function open(videoId: number, start: number): Promise<void> {
    const place = `#/masks?video=${videoId}&start=${start}&frames=8&stride=2`
    await page.evaluate((to) => (location.hash = to), place)
    await expect.poll(shown, patient).toBe(start)
  }
  const number = async (testId: string, attribute: string): Promise<number> =>
    Number((await page.getByTestId(testId).getAttribute(attribute)) ?? NaN)
  const shown = (): Promise<number> => number('frame-shown', 'data-frame')
  const area = (): Promise<number> => number('mask-area', 'data-area')
  const key = (keys: string): Promise<void> => page.keyboard.press(keys)

  /** Number of the frame whose picture is on the stage: its square begins at column 4 + index. */
  async function pictured(): Promise<number> {
    const canvas = page.getByTestId('mask-stage').locator('canvas')
    const left = await canvas.evaluate((element, size) => {
      const { width, height } = element as HTMLCanvasElement
      const context = (element as HTMLCanvasElement).getContext('2d')!
      const row = context.getImageData(0, Math.round(height / 2), width, 1).data
      const scale = Math.min(width / size.width, height / size.height)
      const first = row.findIndex((value, i) => i % 4 === 0 && value > 150) / 4
      return (first - (width - size.width * scale) / 2) / scale
    }, tiny)
    return Math.round(left) - 4
  }

  it('shows the frame whose number it says, wherever one goes', async () => {
    await open(ids[0]!, 0)
    await key('6')
    const timeline = await page.getByTestId('timeline').boundingBox()
    const y = timeline!.y + timeline!.height - 10
    await page.mouse.move(timeline!.x + 30, y)
    await page.mouse.down()
    for (const share of [0.2, 0.9, 0.35, 0.6]) {
      await page.mouse.move(timeline!.x + share * timeline!.width, y, { steps: 4 })
      await expect.poll(shown, patient).toBe(Math.floor(share * FRAMES))
      await expect.poll(pictured, patient).toBe(await shown())
    }
    await page.mouse.up()
    for (const [keys, frame] of [
      ['ArrowRight', 25],
      ['Shift+ArrowLeft', 15],
      ['Home', 0],
      ['End', 39],
    ] as const) {
      await key(keys)
      await expect.poll(shown, patient).toBe(frame)
      await expect.poll(pictured, patient).toBe(frame)
    }
    await key('6')
  })

  it('jumps to a frame and to a time', async () => {
    for (const [text, frame] of [
      ['7', 7],
      ['0.8 s', 20],
    ] as const) {
      await key('g')
      await page.getByLabel('Frame, or time with s or :').fill(text)
      await key('Enter')
      await expect.poll(shown, patient).toBe(frame)
    }
  })

  it('moves the clip, and reshapes it at its edge', async () => {
    await open(ids[0]!, 4)
    await key('.')
    await expect.poll(() => page.url(), patient).toContain('start=5')
    const box = await page.getByTestId('timeline').boundingBox()
    const at = (frame: number): number => box!.x + 1 + (frame / FRAMES) * (box!.width - 2)
    const y = box!.y + 22
    await page.mouse.move(at(20), y)
    await page.mouse.down()
    await page.mouse.move(at(30), y, { steps: 5 })
    await page.mouse.up()
    await expect.poll(() => page.url(), patient).toMatch(/start=5&frames=13&stride=2/)
  })

  it('follows beta and says how much is foreground, how firm it is and what of it is true', async () => {
    await open(ids[0]!, 0)
    const beta = page.getByTestId('beta-slider')
    for (const value of ['0.2', '0.45']) {
      await beta.fill(value)
      await expect.poll(area, patient).toBeCloseTo(Number(value), 2)
    }
    const truth = page.getByTestId('truth')
    // Squares of frames 0, 2, ..., 14: 30 x 16 pixels of 64 x 48.
    const said = page.getByTestId('true-area')
    await expect.poll(() => said.innerText(), patient).toMatch(/all 8 frames[\s\S]*15\.6 %/)
    const iou = async (): Promise<number> =>
      Number(/IoU\s+(\d\.\d+)/.exec(await truth.innerText())?.[1])
    const wide = await iou()
    await beta.fill('0.16')
    await expect.poll(iou, patient).toBeGreaterThan(wide + 0.2)
    await page.getByTestId('adaptive').click()
    await page.getByTestId('chosen-beta').waitFor()
    await page.getByTestId('stability-curve').click({ position: { x: 60, y: 20 } })
    await expect.poll(() => page.getByTestId('chosen-beta').count(), patient).toBe(0)
  })

  it('takes a variant from the row', async () => {
    const row = page.getByTestId('variant-row')
    await page.getByTestId('beta-slider').fill('0.25')
    await expect.poll(() => row.innerText(), patient).toMatch(/Seed\s+25 %[\s\S]*Grid\s+50 %/)
    await row.getByRole('radio', { name: 'Grid' }).click()
    await expect.poll(area, patient).toBeCloseTo(0.5, 2)
    await row.getByRole('radio', { name: 'FAME' }).click()
  })

  it('shows layers beside one another, and merges with another video', async () => {
    await key('s')
    for (const digit of '23457') await key(digit)
    const captions = page.getByTestId('mask-stage').locator('span')
    await expect.poll(() => captions.count(), patient).toBe(7)
    const other = page.locator('[role=group][aria-label="Background of the merged clip"]')
    await expect.poll(() => other.innerText(), patient).toMatch(/v_\w+\.avi/)
    for (const digit of '23457') await key(digit)
    await key('s')
    await expect.poll(() => captions.count(), patient).toBe(0)
  })

  it('keeps a beta for the class, and starts its other clips from it', async () => {
    await page.getByTestId('beta-slider').fill('0.37')
    await page.getByTestId('keep-beta-class').click()
    await expect.poll(() => page.getByTestId('keep-beta-class').isDisabled(), patient).toBe(true)
    await page.getByTestId('beta-slider').fill('0.6')
    await open(ids[1]!, 2)
    const beta = (): Promise<string> => page.getByTestId('beta-slider').inputValue()
    await expect.poll(beta, patient).toBe('0.37')
    const spin = workbench.project.store.videos.query({ class: 'Spin' }).items
    await open(spin.find(({ error }) => error === null)!.id, 0)
    await expect.poll(beta, patient).not.toBe('0.37')
  })

  it('comes back to the clip after another view, and after a reload', async () => {
    await open(ids[1]!, 6)
    const place = page.url()
    await page.getByTestId('nav-library').click()
    await page.getByTestId('nav-masks').click()
    await expect.poll(() => page.url(), patient).toBe(place)
    await expect.poll(shown, patient).toBe(6)
    await page.reload()
    await expect.poll(shown, patient).toBe(6)
  })

  it('outlines the true mask of the frame in sight, where that is asked for', async () => {
    await open(ids[0]!, 0)
    const scope = page.getByTestId('truth-of')
    await scope.click()
    await expect.poll(() => scope.innerText(), patient).toBe('This frame')
    const note = page.getByTestId('true-area')
    await expect.poll(() => note.innerText(), patient).toContain('only frame 0')
    const asked = { videoId: ids[0]!, start: 0, frames: 1, stride: 1 }
    const { width, height } = tiny
    const ofFrame = await workbench.masks.truth(asked)
    expect(decodeRuns(ofFrame!.runs, width * height)).toEqual(
      [...trueMasks()][0]!.map((value) => (value > 0 ? 1 : 0)),
    )
    await scope.click()
    await expect.poll(() => note.innerText(), patient).not.toContain('alone')
  })

  it('goes through videos that were selected in the library, and back to all', async () => {
    await page.getByTestId('nav-library').click()
    const card = page.getByTestId('video-card')
    await card.first().click({ modifiers: ['Control'] })
    await card.nth(1).click({ modifiers: ['Control'] })
    const chosen = await workbench.library.ids({
      filter: {},
      sort: { by: 'path', descending: false },
    })
    await page.getByTestId('open-in-masks').click()
    const place = page.getByTestId('listed-place')
    await expect.poll(() => place.innerText(), patient).toBe('1 of 2')
    const video = (): string | null => new URLSearchParams(page.url().split('?')[1]).get('video')
    expect(video()).toBe(String(chosen[0]))
    await key('ArrowDown')
    await expect.poll(() => place.innerText(), patient).toBe('2 of 2')
    await expect.poll(video, patient).toBe(String(chosen[1]))
    await page.reload()
    await expect.poll(() => place.innerText(), patient).toBe('2 of 2')
    await key('ArrowUp')
    await expect.poll(() => place.innerText(), patient).toBe('1 of 2')
    await page.getByTestId('listed-close').click()
    await page.getByTestId('review-panel').waitFor()
  })

  it('makes a panel wider by key, and keeps its width', async () => {
    const edge = page.getByRole('separator', { name: 'Width of the inspector' })
    const before = Number(await edge.getAttribute('aria-valuenow'))
    await edge.focus()
    await page.keyboard.press('ArrowLeft')
    await expect
      .poll(async () => Number(await edge.getAttribute('aria-valuenow')), patient)
      .toBeGreaterThan(before)
    const wide = await edge.getAttribute('aria-valuenow')
    await page.reload()
    await expect.poll(() => edge.getAttribute('aria-valuenow'), patient).toBe(wide)
  })

  it('has met no fault', () => {
    expect(faults).toEqual([])
  })
})
