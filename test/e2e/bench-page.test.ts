// @module-tag browser
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { benchPage } from '#main/bench/page/bench-page.ts'
import { openWorkbench } from '#main/workbench.ts'
import { writeTinySet } from '../src-main/hosts/tiny-videos.ts'
import { builtPage } from './built-page.ts'

const browser = process.env.FAME_CHROMIUM ?? '/usr/bin/chromium'
const name = existsSync(browser)
  ? 'the benchmark of the page'
  : `the benchmark of the page (no Chromium at ${browser}: set FAME_CHROMIUM)`

describe.skipIf(!existsSync(browser))(name, { timeout: 300_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'fame-bench-page-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it('opens it each time with nothing cached, and counts what came until the first video', async () => {
    const [project, folder] = [join(root, 'project'), join(root, 'set')]
    mkdirSync(folder)
    await writeTinySet(folder)
    const workbench = await openWorkbench({ project, host: 'cli' })
    for await (const event of workbench.index({ folder, format: 'ucf101' })) void event
    await workbench.close()
    const bench = await benchPage({ project, browser, tries: 2, pages: await builtPage() })
    expect(bench.openings).toHaveLength(2)
    for (const { firstPaint, rows, bytes, files, calls } of bench.openings) {
      expect(firstPaint).toBeGreaterThan(0)
      expect(rows).toBeGreaterThanOrEqual(firstPaint)
      // Compressed, and the second time no less than the first.
      expect(bytes).toBeGreaterThan(100_000)
      expect(bytes).toBeLessThan(1_000_000)
      expect(Math.min(files, calls)).toBeGreaterThan(1)
    }
  })
})
