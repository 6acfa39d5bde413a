import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareFolder, writeReport } from '#main/selftest/report-files.ts'
import type { Report } from '#main/selftest/report.ts'

const report: Report = {
  format: 'fame-selftest-1',
  workbench: '0.2.0',
  date: '2026-01-02',
  seconds: 1,
  machine: {
    platform: 'Linux 6.1 x64',
    processor: 'A processor',
    threads: 1,
    usableThreads: 1,
    memoryBytes: 1e9,
    gpu: null,
    node: '24.1.0',
  },
  engine: null,
  outcomes: [],
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fame-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the files of a report', () => {
  it('do not replace those of another report of the same day', async () => {
    const names: string[] = []
    for (const seconds of [1, 2, 3]) names.push(await writeReport(folder, { ...report, seconds }))
    const day = join(folder, 'fame-selftest-2026-01-02')
    expect(names).toEqual([day, `${day}-2`, `${day}-3`])
    const read = names.map((name) => readFile(`${name}.json`, 'utf8'))
    const seconds = (await Promise.all(read)).map((text) => (JSON.parse(text) as Report).seconds)
    expect(seconds).toEqual([1, 2, 3])
    expect(await readdir(folder)).toHaveLength(6)
  })

  it('do not replace one that is left without the other', async () => {
    await writeFile(join(folder, 'fame-selftest-2026-01-02.md'), 'mine')
    expect(await writeReport(folder, report)).toMatch(/-2$/)
  })
})

describe('the folder of a report', () => {
  it('is made, and what tries it is taken away again', async () => {
    const inner = join(folder, 'a', 'b')
    await prepareFolder(inner)
    expect(await readdir(inner)).toEqual([])
  })

  it('is refused where it is a file', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(prepareFolder(file)).rejects.toThrow(`The report cannot be written to ${file}`)
  })
})
