import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { print, printJson, say, table } from '../output.ts'

interface PageBenchFlags {
  project: string
  browser: string
  tries: number
  json: boolean
}

export const pageBench = new Command('page')
  .description('open the page in a new browser and time the first paint and the first videos')
  .addOption(projectOption())
  .option('--browser <file>', 'Chromium', process.env.CHROMIUM_PATH ?? '/usr/bin/chromium')
  .option('--tries <n>', 'how often to open it', wholeNumber(1, 100), 5)
  .addOption(jsonOption())
  .action(async ({ json, browser, ...options }: PageBenchFlags) => {
    if (!existsSync(browser)) {
      throw new Error(`There is no browser at ${browser}. Name a Chromium with --browser.`)
    }
    const { benchPage } = await import('../../../bench/page/bench-page.ts')
    const onStep = (step: string): void => say(`${step} …`)
    const bench = await benchPage({ ...options, browser: resolve(browser), onStep })
    if (json) return printJson(bench)
    const rows = bench.openings.map(({ firstPaint, rows: first, bytes, files, calls }) => [
      ...[Math.round(firstPaint), Math.round(first), Math.round(bytes / 1000), files, calls],
    ])
    print(table(['first paint, ms', 'first video, ms', 'kB', 'files', 'calls'], rows))
    print(`${bench.cpu}, load ${bench.load.toFixed(1)}`)
  })
