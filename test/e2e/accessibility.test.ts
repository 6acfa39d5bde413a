// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { fakeTrainer, letTrainers } from '../src-main/runs/training-project.ts'
import { accessiblePlaces } from './accessible-places.ts'
import { axeSource, violations } from './axe.ts'
import { builtPage } from './built-page.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'accessibility'
  : `accessibility (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
const patient = { timeout: 60_000 }
const fakeEvaluator = fileURLToPath(new URL('fake-evaluator.ts', import.meta.url))

describe.skipIf(!existsSync(executablePath))(name, { timeout: 180_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-accessibility-'))
  let workbench: Workbench
  let host: WebHost
  let browser: Browser

  beforeAll(async () => {
    const pages = await builtPage()
    const project = join(root, 'project')
    const tiny = join(root, 'tiny')
    mkdirSync(tiny)
    await writeTinySet(tiny, 4, 4)
    letTrainers({ steps: 30, points: 3 })
    let opened = await openWorkbench({ project, host: 'web', trainerEntry: fakeTrainer })
    for await (const event of opened.index({ folder: tiny, format: 'ucf101' })) void event
    const { runs } = opened
    for (const run of ['First run', 'Second run']) {
      const { id } = runs.start({ name: run, values: { batch: 2, queue: 4 } })
      for await (const event of runs.watch(id))
        if (event.type === 'run' && event.run.status === 'done') break
    }
    await opened.close()
    const gate = join(root, 'gate')
    writeFileSync(gate, '')
    vi.stubEnv('FAKE_GATE', gate)
    opened = await openWorkbench({ project, host: 'web', trainerEntry: fakeEvaluator })
    workbench = opened
    for (const protocol of ['knn', 'retrieval'] as const) {
      const { id } = workbench.evaluations.start({ runId: 1, protocol })
      await vi.waitFor(
        () => expect(workbench.project.store.evaluations.get(id).status).toBe('done'),
        patient,
      )
    }
    host = await startWebHost({ workbench, pages })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  }, 180_000)

  afterAll(async () => {
    vi.unstubAllEnvs()
    await browser?.close()
    await host?.close()
    await workbench?.close()
    rmSync(root, { recursive: true, force: true })
  })

  describe.each(['dark', 'light'] as const)('in the %s theme', (scheme) => {
    let page: Page

    beforeAll(async () => {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        reducedMotion: 'reduce',
      })
      await context.addInitScript((choice) => localStorage.setItem('fame.scheme', choice), scheme)
      page = await context.newPage()
      await page.goto(host.url)
      await page.getByTestId('video-card').first().waitFor(patient)
      await page.addScriptTag({ content: axeSource }).catch(() => page.evaluate(axeSource))
    })

    afterAll(() => page?.context().close())

    it.each(accessiblePlaces)('finds no violation in $name', async ({ at, shown, prepare }) => {
      await page.keyboard.press('Escape')
      await page.evaluate((hash) => (location.hash = hash), at)
      await shown(page).first().waitFor(patient)
      await prepare?.(page)
      await expect.poll(() => violations(page), { timeout: 6_000, interval: 1_000 }).toEqual([])
    })
  })
})
