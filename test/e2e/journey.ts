import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Time that decoding, training and evaluating may take on a slow machine, in ms. */
const PATIENCE = 240_000

/** What went wrong in the page itself: it must be nothing at the end of a test. */
export function pageFaults(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return faults
}

/** Makes the sample set and finds its videos in the library. */
export async function makeSample(page: Page): Promise<void> {
  await page.getByTestId('make-sample').click()
  await page.getByTestId('video-card').first().waitFor({ timeout: PATIENCE })
  await expect.poll(() => page.getByTestId('video-card').count()).toBeGreaterThan(8)
  await expect.poll(() => isShown(page.getByTestId('video-card').first().locator('img'))).toBe(true)
}

/** Takes in a folder whose format is to be recognised; returns what is said of it. */
export async function indexFolder(page: Page, folder: string): Promise<string> {
  await page.getByTestId('nav-library').click()
  const path = page.getByTestId('index-folder-path')
  const add = page.getByRole('button', { name: 'Add videos' }).first()
  await path.or(add).first().waitFor()
  if (!(await path.isVisible())) await add.click()
  await path.fill(folder)
  await page.getByTestId('index-folder').click()
  const job = page.getByTestId('job')
  await expect.poll(() => job.innerText(), { timeout: PATIENCE }).toContain('videos indexed')
  return job.innerText()
}

/** Opens a video and steps through its frames. */
export async function playVideo(page: Page): Promise<void> {
  await page.getByTestId('video-card').first().click()
  const player = page.getByTestId('video-player')
  const frame = (): Promise<string | null> => player.getAttribute('data-frame')
  await expect.poll(frame, { timeout: PATIENCE }).toBe('0')
  const picture = (): Promise<string> =>
    player.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const first = await picture()
  await player.getByRole('slider', { name: 'Frame' }).fill('12')
  await expect.poll(frame, { timeout: PATIENCE }).toBe('12')
  expect(await picture()).not.toBe(first)
}

/** Sees a mask of the size that beta asks for, and moves beta. */
export async function seeMask(page: Page): Promise<void> {
  await page.getByTestId('nav-masks').click()
  const area = page.getByTestId('mask-area')
  const foreground = async (): Promise<number> => Number(await area.getAttribute('data-area'))
  const beta = page.getByTestId('beta-slider')
  for (const ratio of ['0.5', '0.3']) {
    await beta.fill(ratio)
    await expect.poll(foreground, { timeout: PATIENCE }).toBeCloseTo(Number(ratio), 2)
  }
  const picture = (): Promise<string> =>
    page
      .getByTestId('mask-stage')
      .locator('canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const before = await picture()
  await beta.fill('0.6')
  await expect.poll(picture).not.toBe(before)
}

/** Starts a small run and sees its loss curve grow; leaves it running. */
export async function startRun(page: Page): Promise<void> {
  await page.getByTestId('nav-runs').click()
  await page.getByTestId('new-run').first().click()
  await page.getByTestId('recipe-sample').check({ force: true })
  await page.getByTestId('start-run').click()
  await page.getByTestId('run-row').first().waitFor()
  const points = async (): Promise<number> =>
    Number(await page.getByTestId('loss-chart').getAttribute('data-points'))
  await page.getByTestId('loss-chart').waitFor({ timeout: PATIENCE })
  await expect.poll(points, { timeout: PATIENCE }).toBeGreaterThan(1)
  const before = await points()
  await expect.poll(points, { timeout: PATIENCE }).toBeGreaterThan(before)
}

/** Stops the run that is shown. */
export async function stopRun(page: Page): Promise<void> {
  await page.getByTestId('stop-run').click()
  const status = page.getByTestId('run-status')
  await expect.poll(() => status.textContent(), { timeout: PATIENCE }).toMatch(/stopped/i)
}

/** Goes on with the run that is shown. */
export async function resumeRun(page: Page): Promise<void> {
  const chart = page.getByTestId('loss-chart')
  const before = Number(await chart.getAttribute('data-points'))
  await page.getByTestId('resume-run').click()
  const points = async (): Promise<number> => Number(await chart.getAttribute('data-points'))
  await expect.poll(points, { timeout: PATIENCE }).toBeGreaterThan(before)
}

/** Evaluates the run that is shown by a linear probe of one clip a video. */
export async function evaluateRun(page: Page): Promise<string> {
  await page.getByTestId('evaluate-run').click()
  await page.locator('[data-protocol=linear]').click()
  await page.locator('summary', { hasText: 'Settings' }).click()
  const clips = page.locator('[data-setting=clips]').getByRole('textbox')
  await clips.fill('1')
  await clips.press('Tab')
  await page.getByTestId('start-evaluation').click()
  await page.getByTestId('evaluation-row').first().waitFor()
  const result = page.getByTestId('evaluation-result')
  await result.waitFor({ timeout: PATIENCE })
  return (await result.textContent()) ?? ''
}

function isShown(image: Locator): Promise<boolean> {
  return image.evaluate((element) => (element as HTMLImageElement).naturalWidth > 0)
}
