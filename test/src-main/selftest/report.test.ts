import { describe, expect, it } from 'vitest'
import { failureText, reportMarkdown } from '#main/selftest/markdown.ts'
import { systemName, withoutNames, withoutPrivate } from '#main/selftest/private.ts'
import { reportJson, reportSchema, type Outcome, type Report } from '#main/selftest/report.ts'

const failed: Outcome = {
  id: 'networks/some/float32',
  title: 'Features of some',
  precision: 'float32',
  state: 'failed',
  reason: null,
  findings: [
    { what: 'features, relative error', error: 0.25, limit: 1e-3, detail: '1.5, reference 1.2' },
    { what: 'tensors', error: 0, limit: 0, detail: null },
  ],
  measured: null,
  seconds: 1.25,
}

const report: Report = {
  format: 'fame-selftest-1',
  workbench: '0.2.0',
  date: '2026-01-02',
  seconds: 61,
  machine: {
    platform: 'Linux 6.1 x64',
    processor: 'A processor',
    threads: 8,
    usableThreads: 4,
    memoryBytes: 16e9,
    gpu: { name: 'A | GPU', memoryBytes: 24e9 },
    node: '24.1.0',
  },
  engine: { tensorflow: '2.21.0', device: 'GPU', deviceName: 'A GPU', kernels: 'none' },
  outcomes: [
    failed,
    {
      ...failed,
      id: 'speed/sample/float32',
      title: 'Time of a step',
      state: 'passed',
      findings: [],
      measured: {
        what: 'small clips',
        clipsPerStep: 8,
        secondsPerStep: 0.5,
        clipsPerSecond: 16,
        peakMemoryBytes: 2e9,
        gpuMemoryBytes: null,
      },
    },
  ],
}

describe('a report', () => {
  it('is read back from its JSON, with errors that are infinite', () => {
    const infinite = { ...failed.findings[0], error: Infinity }
    const given = { ...report, outcomes: [{ ...failed, findings: [infinite] }] }
    expect(reportSchema.parse(JSON.parse(reportJson(given)))).toEqual(given)
  })

  it('says in Markdown what differs and by how much', () => {
    const text = reportMarkdown(report)
    expect(text).toContain('1 checks passed, 1 failed and 0 were skipped')
    expect(text).toContain(
      '  - features, relative error: 0.25, at most 0.0010 is allowed (1.5, reference 1.2)',
    )
    expect(text).toContain('| small clips | float32 | 0.500 | 16.0 | 2.0 GB |  |')
    expect(text).toContain('A \\| GPU, 24.0 GB')
    expect(text).not.toContain('tensors:')
  })

  it('counts an error that is no number as beyond its limit', () => {
    const [finding] = failed.findings
    expect(failureText({ ...failed, findings: [{ ...finding, error: NaN }] })).toContain('NaN')
  })
})

describe('what is private', () => {
  const names = { host: 'lab-7.example.org', user: 'ada' }

  it.each([
    ['Cannot open /home/ada/fame/out/kernels.so: no', 'Cannot open .../kernels.so: no'],
    ['at C:\\Users\\ada\\fame\\x.node', 'at .../x.node'],
    ['lab-7.example.org (lab-7) refused ada', 'HOST (HOST) refused USER'],
    ['adapter of adam, 3/4 of 0.5', 'adapter of adam, 3/4 of 0.5'],
  ])('is taken out of %j', (text, clean) => {
    expect(withoutNames(text, names)).toBe(clean)
  })

  it.each([
    ['6.1.0-ada-lab7', 'Linux 6.1 x64'],
    ['10.0.26100', 'Linux 10.0 x64'],
    ['ada', 'Linux x64'],
  ])('is taken out of the release %j', (release, clean) => {
    expect(systemName('Linux', release, 'x64')).toBe(clean)
  })

  it('is taken out of reasons and details', () => {
    const [finding] = failed.findings
    const outcome = { ...failed, reason: 'ada', findings: [{ ...finding, detail: 'by ada' }] }
    const clean = withoutPrivate(outcome, names)
    expect(clean.reason).toBe('USER')
    expect(clean.findings[0].detail).toBe('by USER')
  })
})
