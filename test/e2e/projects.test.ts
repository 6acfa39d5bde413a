// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openServed, type Served } from '#main/hosts/web/served.ts'
import { serveSite, type WebHost } from '#main/hosts/web/server.ts'
import { openProject } from '#main/store/project.ts'
import { axeSource, violations } from './axe.ts'
import { builtPage } from './built-page.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'the page that chooses among projects'
  : `the page that chooses among projects (no Chromium at ${executablePath}: set FAME_CHROMIUM)`

describe.skipIf(!existsSync(executablePath))(name, { timeout: 180_000 }, () => {
  const parent = mkdtempSync(join(tmpdir(), 'fame-projects-'))
  let served: Served
  let host: WebHost
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    for (const folder of ['moves', 'sports']) {
      mkdirSync(join(parent, folder))
      openProject(join(parent, folder)).close()
    }
    served = await openServed({ projects: parent })
    host = await serveSite(served.folder, { pages: await builtPage() }, served.makeSite)
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage({ viewport: { width: 1024, height: 700 } })
    await page.addInitScript(axeSource)
    await page.goto(host.url)
  }, 180_000)

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await served?.close()
    rmSync(parent, { recursive: true, force: true })
  })

  it('is accessible in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await violations(page)).toEqual([])
    }
  })

  it('opens a project, whose page leads back', async () => {
    await page.getByRole('link', { name: 'sports' }).click()
    const status = page.getByRole('contentinfo', { name: 'Status' })
    await status.getByText(join(parent, 'sports')).waitFor()
    expect(new URL(page.url()).pathname).toBe('/p/sports/')
    await expect.poll(() => page.title()).toBe('Library · sports · FAME Workbench')
    await page.getByRole('link', { name: 'Other projects' }).click()
    await page.getByRole('link', { name: 'moves' }).click()
    await status.getByText(join(parent, 'moves')).waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('another project')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Projects' }).waitFor()
  })
})
