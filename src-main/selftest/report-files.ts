import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../base/files/atomic-write.ts'
import { reportMarkdown } from './markdown.ts'
import { reportJson, type Report } from './report.ts'

/** Makes the folder where it is missing, and tries to write there. @throws where it cannot */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await rmdir(await mkdtemp(join(folder, '.fame-selftest-')))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`The report cannot be written to ${folder}: ${why}`, { cause: error })
  }
}

/**
 * Writes a report as JSON and as Markdown. Reports of one day are numbered from the second on.
 * @param folder exists
 * @returns both paths without their endings
 */
export async function writeReport(folder: string, report: Report): Promise<string> {
  const base = freeBase(join(folder, `fame-selftest-${report.date}`))
  await writeAtomic(`${base}.json`, `${reportJson(report)}\n`, { flush: 'content' })
  await writeAtomic(`${base}.md`, reportMarkdown(report), { flush: 'content' })
  return base
}

function freeBase(first: string): string {
  let base = first
  for (let n = 2; existsSync(`${base}.json`) || existsSync(`${base}.md`); n++)
    base = `${first}-${n}`
  return base
}
