// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type Axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWebHost, type WebHost } from '#main/hosts/web/server.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { fakeTrainer, letTrainers } from '../src-main/runs/training-project.ts'
import { accessiblePlaces } from './accessible-places.ts'
import { builtPage } from './built-page.ts'

const executablePath = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(executablePath)
  ? 'accessibility'
  : `accessibility (no Chromium at ${executablePath}: set FAME_CHROMIUM)`
const patient = { timeout: 60_000 }
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const fakeEvaluator = fileURLToPath(new URL('fake-evaluator.ts', import.meta.url))

/** WCAG 2.2 up to AA, and axe's own best practices. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds, one line a kind with the first elements; nothing on an accessible page. */
async function violations(page: Page): Promise<string[]> {
  // A dialog makes what is behind it inert, but axe would look at that too.
  const found: AxeResults = await page.evaluate(async (values) => {
    const { axe } = window as unknown as { axe: typeof Axe }
    const scope = document.querySelector('dialog:modal') ?? document
    return axe.run(scope as HTMLElement, {
      runOnly: { type: 'tag', values },
      resultTypes: ['violations'],
    })
  }, tags)
  return found.violations.map(({ id, nodes }) => {
    const shown = nodes.slice(0, 4).map(({ html, any, all, none }) => {
      const why = [...any, ...all, ...none][0]?.message ?? ''
      return `${html.slice(0, 160)} (${why})`
    })
    return `${id}, ${nodes.length}: ${shown.join(' | ')}`
  })
}

describe.skipIf(!existsSync(executablePath))(name, { timeout: 180_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-accessibility-'))
  const axeSource = readFileSync(axeFile, 'utf8')
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
