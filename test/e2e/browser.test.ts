// @module-tag browser
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTree } from '../src-main/datasets/ucf101-tree.ts'
import { builtPage } from './built-page.ts'
import {
  evaluateRun,
  indexFolder,
  makeSample,
  pageFaults,
  playVideo,
  resumeRun,
  seeMask,
  startRun,
  stopRun,
} from './journey.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'in a browser'
  : `in a browser (no Chromium at ${executablePath}: set FAME_CHROMIUM)`

describe.skipIf(!existsSync(executablePath))(name, { timeout: 600_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-e2e-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    const pages = await builtPage()
    workbench = await openWorkbench({ project: join(root, 'project'), host: 'web' })
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    faults = pageFaults(page)
  })

  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  it('opens, and takes the token out of the address', async () => {
    await page.goto(host.url)
    await page.getByTestId('nav-library').waitFor()
    expect(page.url()).not.toContain('token')
  })

  it('makes and indexes the sample set', () => makeSample(page))
  it('plays through the frames of a video', () => playVideo(page))
  it('shows a mask that follows beta', () => seeMask(page))
  it('starts a run and draws its loss while it learns', () => startRun(page))

  it('comes back to the running run after a reload', async () => {
    await page.reload()
    await page.getByTestId('run-row').first().waitFor()
  })

  it('stops the run', () => stopRun(page))

  it('goes on with the run and stops it again', async () => {
    await resumeRun(page)
    await stopRun(page)
  })

  it('evaluates the run and shows the result', async () => {
    expect(await evaluateRun(page)).toMatch(/Top-1\s*\d+\.\d %/)
  })

  it('recognises the format of a folder and counts what its lists get wrong', async () => {
    const folder = join(root, 'hmdb')
    writeTree(folder, {
      'wave/(no video) #1.avi': 'text',
      'splits/wave_test_split1.txt': '(no video) #1.avi 2 \ngone.avi 1 \nwhat\n',
    })
    const said = await indexFolder(page, folder)
    expect(said).toContain('1 videos indexed')
    expect(said).toContain('Recognised HMDB51')
    expect(said).toContain('listed but not on disk: 1, malformed line: 1')
  })

  it('has met no fault and nothing that its policy refuses', () => {
    expect(faults).toEqual([])
  })
})
