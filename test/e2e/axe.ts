import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type Axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What a page must have run before `violations`. */
export const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

/** WCAG 2.2 up to AA, and axe's own best practices. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds, one line a kind with the first elements; nothing on an accessible page. */
export async function violations(page: Page): Promise<string[]> {
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
