// @module-tag browser
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClipWindow, MaskState } from '#shared/contract/mask-windows.ts'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { builtPage } from './built-page.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'masks in files'
  : `masks in files (no Chromium at ${executablePath}: set FAME_CHROMIUM)`

/** What is to come on a slow machine, in ms. */
const PATIENCE = 60_000
const until = <T>(look: () => T) => expect.poll(look, { timeout: PATIENCE })

describe.skipIf(!existsSync(executablePath))(name, { timeout: 180_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-mask-files-'))
  const file = join(root, 'project', 'exports', 'mine.json')
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]
  let windows: ClipWindow[]

  beforeAll(async () => {
    const tiny = join(root, 'tiny')
    mkdirSync(tiny)
    await writeTinySet(tiny)
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    for await (const event of workbench.index({ folder: tiny, format: 'ucf101' })) void event
    const { store } = workbench.project
    const readable = store.videos.query({}).items.filter(({ error }) => error === null)
    windows = readable.map(({ id }) => ({ videoId: id, start: 0, frames: 4, stride: 1 }))
    await decide('approved', windows.slice(0, 2))
    await decide('rejected', windows.slice(2, 3))
    host = await startWebHost({ workbench, pages: await builtPage(), port: 0 })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
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

  async function decide(state: MaskState, some: ClipWindow[]): Promise<void> {
    const origin = { beta: 0.5, variant: 'fame', adaptive: false, compensate: false } as const
    const request = { windows: some, change: { state }, origin: { ...origin, size: 32 } }
    for await (const event of workbench.masks.decideMany(request)) void event
  }
  const stateOf = (at: number) => workbench.project.store.masks.get(windows[at])?.state

  it('are written from the dialog', async () => {
    await page.getByTestId('mask-files').click()
    await page.getByTestId('export-out').fill('mine.json')
    await page.getByTestId('export-masks').click()
    await until(() => page.getByTestId('exported').textContent()).toContain('3 clips')
    const { images, annotations } = JSON.parse(readFileSync(file, 'utf8')) as {
      images: unknown[]
      annotations: unknown[]
    }
    expect([images.length, annotations.length]).toEqual([3, 2])
  })

  it('are downloaded as they were written', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: PATIENCE }),
      page.getByTestId('download').click(),
    ])
    expect(download.suggestedFilename()).toBe('mine.json')
    expect(readFileSync(await download.path())).toEqual(readFileSync(file))
  })

  it('are written with the frames in the layout of DAVIS, which is chosen by the pointer', async () => {
    await page.getByTestId('export-format').click()
    await page.getByRole('option', { name: /DAVIS/ }).click()
    await page.getByTestId('export-out').fill('davis')
    await page.getByTestId('export-masks').click()
    const { exportsFolder } = workbench.project
    await until(() => page.getByTestId('exported').textContent()).toContain('davis')
    const folder = join(exportsFolder, 'davis')
    const pictures = readdirSync(join(folder, 'JPEGImages', '480p'))
    expect(pictures).toEqual(readdirSync(join(folder, 'Annotations', '480p')))
    expect(pictures).toHaveLength(2)
    const [first] = readdirSync(join(folder, 'JPEGImages', '480p', pictures[0]))
    const bytes = readFileSync(join(folder, 'JPEGImages', '480p', pictures[0], first))
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xd8])
  })

  it('are said to be kept already when they come back unchanged', async () => {
    await page.getByRole('tab', { name: 'Import' }).click()
    await page.getByTestId('import-file').fill(file)
    await page.getByTestId('check-masks').click()
    await until(() => page.getByTestId('checked').textContent()).toContain('3 already stored')
    expect(await page.getByTestId('take-masks').count()).toBe(0)
  })

  it('are taken in on a second word, and taken back', async () => {
    await decide('rejected', windows.slice(0, 1))
    await page.getByTestId('check-masks').click()
    await until(() => page.getByTestId('checked').textContent()).toContain('1 replaces')
    expect(stateOf(0)).toBe('rejected')
    await page.getByTestId('take-masks').click()
    await until(() => page.getByTestId('taken').textContent()).toBe('1 clip changed')
    expect(stateOf(0)).toBe('approved')
    await page.getByRole('button', { name: 'Undo the import' }).click()
    await until(() => page.getByTestId('taken').textContent()).toContain('Undone: import of 1 clip')
    expect(stateOf(0)).toBe('rejected')
  })

  it('that do not fit are listed with the remedy, and the others can be taken', async () => {
    const wrong = join(root, 'wrong.json')
    const value = JSON.parse(readFileSync(file, 'utf8')) as {
      images: { file_name: string; width: number }[]
    }
    const { path } = workbench.project.store.videos.get(windows[1].videoId)
    const image = value.images.find((one) => one.file_name.startsWith(path))!
    image.width = 7
    writeFileSync(wrong, JSON.stringify(value))
    await page.getByTestId('import-file').fill(wrong)
    await page.getByTestId('check-masks').click()
    await until(() => page.getByTestId('misfits').textContent()).toContain(path)
    await until(() => page.getByTestId('take-masks').textContent()).toContain('that fit')
  })

  it('are uploaded from this computer, and checked at once', async () => {
    await decide('rejected', windows.slice(0, 1))
    const here = join(root, 'from here.json')
    writeFileSync(here, readFileSync(file))
    await page.getByTestId('upload-file').setInputFiles(here)
    await until(() => page.getByTestId('checked').textContent()).toContain('1 replaces')
    expect(await page.getByTestId('import-file').inputValue()).toContain('from here.json')
  })

  it('are uploaded as a folder of pictures, which needs its manifest', async () => {
    const folder = join(root, 'pictures')
    for await (const event of workbench.masks.export({ format: 'png', out: folder })) void event
    await page.getByTestId('upload-folder').setInputFiles(folder)
    await until(() => page.getByTestId('checked').textContent()).toContain('PNG pictures, 3 clips')
    rmSync(join(folder, 'manifest.json'))
    await page.getByTestId('upload-folder').setInputFiles(folder)
    await until(() => page.getByRole('alert').textContent()).toContain('no manifest.json')
  })

  it('that are none say so', async () => {
    await page.getByTestId('import-file').fill(join(root, 'none.json'))
    await page.getByTestId('check-masks').click()
    await until(() => page.getByRole('alert').textContent()).toContain('cannot be read')
    expect(faults).toEqual([])
  })
})
