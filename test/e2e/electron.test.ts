// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { pageFaults } from './journey.ts'

const executablePath = process.env.FAME_ELECTRON ?? ''
const repository = fileURLToPath(new URL('../..', import.meta.url))
const built = existsSync(join(repository, 'out', 'main', 'electron.js'))
const runs = existsSync(executablePath) && built
const name = runs
  ? 'in the Electron window'
  : 'in the Electron window (no Electron in FAME_ELECTRON, or nothing built)'

describe.skipIf(!runs)(name, { timeout: 120_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-electron-'))
  const folder = join(root, 'set')
  let shell: ElectronApplication
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    mkdirSync(folder)
    await writeTinySet(folder)
    shell = await _electron.launch({
      executablePath,
      args: [repository, '--project', join(root, 'project')],
    })
    page = await shell.firstWindow()
    faults = pageFaults(page)
  })

  afterAll(async () => {
    await shell?.close()
    rmSync(root, { recursive: true, force: true })
  })

  it('opens the page from its own scheme', async () => {
    await page.getByTestId('nav-library').waitFor()
    expect(page.url()).toMatch(/^app:\/\/workbench\//)
  })

  it('keeps Node from the page', async () => {
    const found = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in window),
    )
    expect(found).toEqual([])
  })

  it('indexes a folder over its port and shows its videos', async () => {
    await page.getByTestId('index-folder-path').fill(folder)
    await page.getByTestId('index-folder').click()
    const card = page.getByTestId('video-card').first()
    await card.waitFor({ timeout: 60_000 })
    const width = (): Promise<number> =>
      card.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)
    await expect.poll(width, { timeout: 60_000 }).toBeGreaterThan(0)
  })

  it('stays on its page and opens no other', async () => {
    const before = page.url()
    await page.evaluate(() => {
      window.open('https://evil.example/')
      window.location.href = 'https://evil.example/'
    })
    await page.getByTestId('nav-library').waitFor()
    expect(page.url()).toBe(before)
    expect(shell.windows()).toHaveLength(1)
  })

  it('has met no fault', () => expect(faults).toEqual([]))
})
