// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { fakeTrainer, letTrainers } from '../src-main/runs/training-project.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'the views of a video'
  : `the views of a video (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
const patience = { timeout: 120_000 }
const values = { batch: 2, queue: 4, size: 48, frames: 8, merge: 'query', background: 'inter' }

describe.skipIf(!existsSync(executablePath))(name, { timeout: 240_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-pairs-page-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[] = []

  beforeAll(async () => {
    const pages = await builtPage()
    mkdirSync(join(root, 'tiny'))
    await writeTinySet(join(root, 'tiny'), 4, 4)
    letTrainers({ steps: 30, points: 3 })
    const project = join(root, 'project')
    workbench = await openWorkbench({ project, host: 'web', trainerEntry: fakeTrainer })
    const indexing = workbench.index({ folder: join(root, 'tiny'), format: 'ucf101' })
    for await (const event of indexing) void event
    const { runs } = workbench
    const { id } = runs.start({ name: 'a run', values })
    for await (const event of runs.watch(id)) {
      if (event.type === 'run' && event.run.status === 'done') break
    }
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } })
    page = await context.newPage()
    faults = pageFaults(page)
    await page.goto(`${host.url}#/runs/${id}`, patience)
  }, 180_000)

  afterAll(async () => {
    vi.unstubAllEnvs()
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  const stage = () => page.getByTestId('views-stage')
  const frame = async (): Promise<number> => Number(await stage().getAttribute('data-frame'))
  const place = (): Promise<string> => page.getByTestId('views-place').innerText()

  it('play in step, each with its crop in the frames of the video and its place in time', async () => {
    await page.getByTestId('pairs').scrollIntoViewIfNeeded(patience)
    await stage().waitFor(patience)
    const before = await frame()
    await expect.poll(frame, patience).toBeGreaterThan(before)
    const cards = stage().locator('[data-view]')
    expect(await cards.locator('strong').allInnerTexts()).toEqual(['Query', 'Key'])
    expect(await stage().getByTestId('crop-box').count()).toBe(2)
    expect(await cards.first().getByText('Foreground on', { exact: false }).count()).toBe(1)
    const timeline = page.getByTestId('views-timeline')
    await expect.poll(() => timeline.innerText()).toMatch(/frames (from )?\d+/)
    expect(await place()).toContain('video 1 of 2, epoch 1, seed 1')
  })

  it('are pictures that the host gives: every row at every frame', async () => {
    const key = await stage().getAttribute('data-key')
    const size = await page.evaluate(async (address) => {
      const picture = new Image()
      picture.src = address
      await picture.decode()
      return [picture.naturalWidth, picture.naturalHeight]
    }, `/media/views?key=${key}&view=0`)
    // 8 frames; clip, source, cut, mask and background.
    expect(size).toEqual([8 * 48, 5 * 48])
  })

  it('stop, step and go on by the keyboard', async () => {
    await stage().focus()
    await page.keyboard.press('ArrowRight')
    const still = await frame()
    await page.getByRole('button', { name: 'Play views' }).waitFor()
    await page.keyboard.press('ArrowRight')
    expect(await frame()).toBe(still + 1)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    expect(await frame()).toBe(still - 1)
    await page.keyboard.press('Space')
    await expect.poll(frame, patience).toBeGreaterThan(still)
  })

  it('are those of the next video, of one at random, and of a step that is asked for', async () => {
    const key = (): Promise<string | null> => stage().getAttribute('data-key')
    const first = await key()
    await page.getByRole('button', { name: 'Next video' }).click()
    await expect.poll(key, patience).not.toBe(first)
    expect(await place()).toContain('video 2 of 2')
    await page.getByRole('button', { name: 'Previous video' }).click()
    await expect.poll(key, patience).toBe(first)
    const step = page.getByRole('spinbutton', { name: 'Step whose batch is shown' })
    await step.fill('100')
    await step.press('Enter')
    await expect.poll(place, patience).not.toContain('epoch 1,')
    const later = await key()
    expect(await step.inputValue()).toBe('100')
    await page.getByRole('button', { name: 'Random video' }).click()
    await page.getByRole('button', { name: 'Random video' }).click()
    await expect.poll(key, patience).not.toBe(later)
    expect(later).not.toBe(first)
    expect(faults).toEqual([])
  })

  it('have flow in its colours, and the positives that the method mines, right and wrong ones', async () => {
    const { id } = workbench.runs.start({
      name: 'a run that mines',
      values: { method: 'coclr', batch: 2, queue: 4, topK: 2, size: 48, frames: 8, merge: 'none' },
    })
    await expect.poll(() => workbench.project.store.runs.get(id).status, patience).toBe('done')
    await page.goto(`${host.url}#/runs/${id}`, patience)
    await page.getByTestId('pairs').scrollIntoViewIfNeeded(patience)
    const cards = stage().locator('[data-view]')
    await expect.poll(() => cards.count(), patience).toBe(4)
    expect(await stage().getByTestId('flow-legend').count()).toBe(2)
    const mined = page.getByTestId('mined')
    await mined.getByRole('button', { name: 'Find positives of this clip' }).click()
    const clips = mined.getByTestId('mined-clip')
    await expect.poll(() => clips.count(), patience).toBe(2)
    expect(
      await clips.evaluateAll((all) => all.map((clip) => clip.getAttribute('data-right'))),
    ).toEqual(['true', 'false'])
    // The colours of a clip stand beside the flow that was judged.
    await expect.poll(() => clips.first().getByRole('img').count(), patience).toBe(2)
    expect(await mined.getByTestId('mined-summary').innerText()).toContain('1 of 2 have its class')
    await page.getByRole('button', { name: 'Next video' }).click()
    await expect.poll(() => clips.count(), patience).toBe(0)
    expect(faults).toEqual([])
  })
})
