// @module-tag browser
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClipWindow, OpenMask } from '#shared/contract/mask-windows.ts'
import { countForeground } from '#shared/masks/runs.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { connect, signIn, type RpcClient } from '../src-main/hosts/web-client.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'correcting masks'
  : `correcting masks (no Chromium at ${executablePath}: set FAME_CHROMIUM)`

/** What is to come on a slow machine, in ms. */
const PATIENCE = 60_000
const until = <T>(look: () => T) => expect.poll(look, { timeout: PATIENCE })

/** Readable videos of the tiny set. */
const VIDEOS = 6

describe.skipIf(!existsSync(executablePath))(name, { timeout: 180_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-correct-'))
  const project = join(root, 'project')
  let pages: string
  let child: ChildProcess
  let url: URL
  let rpc: RpcClient
  let browser: Browser
  let page: Page
  let faults: string[]

  async function startHost(port: number): Promise<void> {
    const entry = fileURLToPath(new URL('masks-host.ts', import.meta.url))
    child = spawn(process.execPath, [entry, project, pages, String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
    url = new URL(line)
    rpc = await connect(Number(url.port), await signIn(url.href))
  }
  async function killHost(): Promise<void> {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  beforeAll(async () => {
    pages = await builtPage()
    const tiny = join(root, 'tiny')
    mkdirSync(tiny)
    await writeTinySet(tiny)
    await startHost(0)
    for await (const event of await rpc.client.datasets.index({ folder: tiny, format: 'ucf101' })) {
      void event
    }
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    faults = pageFaults(page)
    await page.goto(url.href)
    await page.getByTestId('nav-masks').click()
  })

  afterAll(async () => {
    await browser?.close()
    if (child?.exitCode === null) await killHost()
    rmSync(root, { recursive: true, force: true })
  })

  async function openCorrect(): Promise<void> {
    await page.getByRole('tab', { name: 'Correct' }).click()
    await page.getByTestId('correct-panel').waitFor()
    await isReady()
  }
  /** FAME's mask of the open clip is there. */
  const isReady = () => until(() => page.getByTestId('correct.invert').isEnabled()).toBe(true)
  const saving = () => page.getByTestId('mask-saving').getAttribute('data-state')
  const state = () => page.getByTestId('mask-state').getAttribute('data-mask-state')
  /** The state of each clip in the queue, by its title. */
  const states = async () =>
    Object.fromEntries(
      await page
        .getByTestId('queue-row')
        .evaluateAll((rows) =>
          rows.map((row) => [row.getAttribute('title') ?? '', row.dataset.maskState]),
        ),
    ) as Record<string, string>
  const titles = async () => Object.keys(await states())
  const openTitle = () =>
    page
      .getByTestId('queue-row')
      .evaluateAll(
        (rows) => rows.find((row) => row.ariaCurrent === 'true')?.getAttribute('title') ?? '',
      )

  /** The clip in the page's address. */
  function shownClip(): ClipWindow {
    const query = new URLSearchParams(page.url().split('?').at(-1))
    const number = (key: string) => Number(query.get(key))
    return {
      videoId: number('video'),
      start: number('start'),
      frames: number('frames'),
      stride: number('stride'),
    }
  }
  const kept = (): Promise<OpenMask | null> => rpc.client.masks.window(shownClip())

  /** Draws a line over the middle of the stage. */
  async function stroke(tool: string, dy = 0): Promise<void> {
    await page.getByTestId(`tool-${tool}`).and(page.locator('[aria-pressed=false]')).click()
    const box = (await page.getByTestId('mask-stage').boundingBox())!
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2 + dy]
    await page.mouse.move(x - 90, y)
    await page.mouse.down()
    await page.mouse.move(x, y, { steps: 6 })
    await page.mouse.move(x + 90, y, { steps: 6 })
    await page.mouse.up()
    await page.keyboard.press('Escape')
  }

  it('keeps a stroke: it is there after a reload, undo removes it, redo brings it back', async () => {
    await openCorrect()
    await page.keyboard.press('.')
    await page.waitForURL(/start=1&/)
    await isReady()
    expect(await kept()).toBeNull()
    await stroke('eraser')
    await until(saving).toBe('saved')
    await until(state).toBe('corrected')
    const drawn = await kept()
    expect(countForeground(drawn!.mask!)).toBeLessThan(countForeground(drawn!.fame!))
    expect(drawn!.window.edited).toBe(true)

    await page.reload()
    await openCorrect()
    await until(state).toBe('corrected')
    await page.keyboard.press('Control+z')
    await until(state).toBe('untouched')
    expect((await kept())!.mask).toBeNull()
    await page.keyboard.press('Control+Shift+z')
    await until(state).toBe('corrected')
    expect((await kept())!.mask).toEqual(drawn!.mask)
  })

  it('undoes in the open clip alone', async () => {
    const first = shownClip()
    const before = await rpc.client.masks.window(first)
    await page.keyboard.press('.')
    await until(state).toBe('untouched')
    await isReady()
    await page.keyboard.press('i')
    await until(state).toBe('corrected')
    await page.keyboard.press('Control+z')
    await until(state).toBe('untouched')
    await page.keyboard.press('Control+z')
    expect(await rpc.client.masks.window(first)).toEqual(before)
  })

  it('changes the whole mask by key, and copies that of the previous clip', async () => {
    const previous = await rpc.client.masks.window({ ...shownClip(), start: 1 })
    await page.keyboard.press('c')
    await until(async () => (await kept())?.mask).toEqual(previous!.mask)
    await page.keyboard.press('i')
    const pixels = previous!.window.width! * previous!.window.height!
    await until(async () => countForeground((await kept())!.mask!)).toBe(
      pixels - countForeground(previous!.mask!),
    )
    expect((await kept())!.history.undo).toBe('invert')
    await page.keyboard.press('Shift+R')
    await until(state).toBe('untouched')
    const reset = await kept()
    expect(reset!.mask).toEqual(reset!.fame)
  })

  it('erases a polygon that is pressed corner by corner and closed by Enter', async () => {
    await page.keyboard.press('p')
    const box = (await page.getByTestId('mask-stage').boundingBox())!
    for (const [dx, dy] of [
      [-120, -80],
      [120, -80],
      [0, 0],
      [120, 80],
      [-120, 80],
    ] as const) {
      await page.keyboard.down('Alt')
      await page.mouse.click(box.x + box.width / 2 + dx, box.y + box.height / 2 + dy)
      await page.keyboard.up('Alt')
    }
    await page.keyboard.press('Backspace')
    await page.keyboard.press('Enter')
    await until(async () => (await kept())?.history.undo).toBe('polygon')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+z')
    await until(state).toBe('untouched')
  })

  it('keeps notes by themselves', async () => {
    await page.getByTestId('clip-notes').fill('Only the ball moves.')
    await until(async () => (await kept())?.window.notes).toBe('Only the ball moves.')
    await page.getByTestId('clip-notes').blur()
  })

  it('surveys the videos, and goes on to the next clip when one is decided on', async () => {
    await page.getByTestId('start-survey').click()
    await until(() => page.getByTestId('survey').innerText()).toContain(`${VIDEOS} clips`)
    const rows = page.getByTestId('queue-row')
    // The two clips that were corrected and noted on are listed too.
    await until(() => rows.count()).toBe(VIDEOS + 2)
    const [first, second, third] = (await titles()) as [string, string, string]
    await rows.first().click()
    await until(openTitle).toBe(first)
    const clip = shownClip()
    await page.keyboard.press('a')
    await until(openTitle).toBe(second)
    await until(async () => (await states())[first]).toBe('approved')
    const approved = await rpc.client.masks.window(clip)
    expect(approved!.mask).toEqual(approved!.fame)
    await page.keyboard.press('x')
    await until(openTitle).toBe(third)
    await until(async () => (await states())[second]).toBe('rejected')
    await page.keyboard.press('Shift+N')
    await until(openTitle).toBe(second)
    await page.keyboard.press('n')
    await until(openTitle).toBe(third)
  })

  it('skips no clip when the decided one leaves the list', async () => {
    await page.getByTestId('queue-untouched').click()
    await until(async () => new Set(Object.values(await states()))).toEqual(new Set(['untouched']))
    const [first, second] = await titles()
    await page.getByTestId('queue-row').first().click()
    await until(openTitle).toBe(first)
    await page.keyboard.press('x')
    await until(async () => (await titles())[0]).toBe(second)
    await until(openTitle).toBe(second)
    await page.getByTestId('queue-untouched').click()
    await until(async () => (await titles()).length).toBe(VIDEOS + 2)
  })

  it('decides on many at once, and undoes it together', async () => {
    const before = await states()
    await page.keyboard.press('Control+a')
    await until(() => page.getByTestId('bulk-bar').innerText()).toContain(`${VIDEOS + 2} selected`)
    await page.getByTestId('bulk-approve').click()
    await until(async () => new Set(Object.values(await states()))).toEqual(new Set(['approved']))
    await page.getByTestId('bulk-undo').click()
    await until(() => page.getByTestId('bulk-said').innerText()).toContain('Undone')
    await until(states).toEqual(before)
    await page.keyboard.press('Escape')
  })

  it('keeps the last acknowledged stroke when the host is killed, and sends what waits', async () => {
    await page.keyboard.press('.')
    await until(state).toBe('untouched')
    await isReady()
    await stroke('brush', 30)
    await until(saving).toBe('saved')
    const acknowledged = await kept()
    await killHost()
    await stroke('eraser', -30)
    await until(saving).toBe('waiting')
    await startHost(Number(url.port))
    expect(acknowledged!.mask).not.toBeNull()
    await until(saving).toBe('saved')
    const now = await kept()
    expect(now!.history.revision).toBe(acknowledged!.history.revision + 1)
    await page.keyboard.press('Control+z')
    await until(async () => (await kept())!.mask).toEqual(acknowledged!.mask)
    await page.reload()
    await openCorrect()
    await until(state).toBe('corrected')
  })

  it('has met no fault but the lost connection', () => {
    const unexpected = faults.filter((fault) => !/WebSocket|ERR_|status of 4/.test(fault))
    expect(unexpected).toEqual([])
  })
})
