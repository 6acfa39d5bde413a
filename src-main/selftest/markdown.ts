import { countsOf, type Finding, type Measured, type Outcome, type Report } from './report.ts'

/** A report for people: what it ran on, what failed and by how much, times, and every check. */
export function reportMarkdown(report: Report): string {
  const { passed, failed, skipped } = countsOf(report)
  const failures = report.outcomes.filter(({ state }) => state === 'failed')
  return [
    '# Self-test of FAME Workbench',
    `${passed} checks passed, ${failed} failed and ${skipped} were skipped, on ${report.date} in ${Math.round(report.seconds)} s.`,
    rows(['', ''], machineRows(report)),
    ...(failures.length === 0 ? [] : ['## What failed', failures.map(failureText).join('\n')]),
    ...measuredPart(report),
    '## Checks',
    rows(
      ['check', 'precision', 'state', 'error', 'limit', 'of', 'seconds'],
      report.outcomes.map(checkRow),
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

/** What failed in a check, in lines for a terminal or a list. */
export function failureText({ title, precision, reason, findings }: Outcome): string {
  const beyond = findings.filter(({ error, limit }) => !(error <= limit))
  const lines = reason === null ? beyond.map(findingText) : [reason]
  return `- ${title}${precision ? ` in ${precision}` : ''}:\n${lines.map((line) => `  - ${line}`).join('\n')}`
}

function findingText({ what, error, limit, detail }: Finding): string {
  const where = detail === null ? '' : ` (${detail})`
  return `${what}: ${short(error)}, at most ${short(limit)} is allowed${where}`
}

function machineRows({ workbench, machine, engine }: Report): string[][] {
  const { platform, processor, threads, usableThreads, memoryBytes, gpu, node } = machine
  return [
    ['Workbench', workbench],
    ['System', `${platform}, Node ${node}`],
    ['Processor', `${processor}, ${usableThreads} of ${threads} threads`],
    ['Memory', gigabytes(memoryBytes)],
    ['GPU', gpu ? `${gpu.name}, ${gigabytes(gpu.memoryBytes)}` : 'none'],
    ['TensorFlow', engine ? `${engine.tensorflow} on the ${engine.device}` : 'not loaded'],
    ['Kernels', engine?.kernels ?? 'not loaded'],
  ]
}

function measuredPart({ outcomes }: Report): string[] {
  const measured = outcomes.flatMap(({ measured: found, precision }) =>
    found ? [measuredRow(found, precision)] : [],
  )
  if (measured.length === 0) return []
  const header = ['step', 'precision', 's a step', 'clips a second', 'peak memory', 'GPU memory']
  return ['## Times', rows(header, measured)]
}

function measuredRow(measured: Measured, precision: string | null): string[] {
  const { what, secondsPerStep, clipsPerSecond, peakMemoryBytes, gpuMemoryBytes } = measured
  return [
    what,
    precision ?? '',
    secondsPerStep.toPrecision(3),
    clipsPerSecond.toPrecision(3),
    gigabytes(peakMemoryBytes),
    gpuMemoryBytes === null ? '' : gigabytes(gpuMemoryBytes),
  ]
}

/** A row with the comparison that came nearest to its limit. */
function checkRow({ title, precision, state, reason, findings, seconds }: Outcome): string[] {
  const used = ({ error, limit }: Finding): number => (limit === 0 ? error : error / limit)
  const worst = findings.toSorted((a, b) => used(b) - used(a)).at(0)
  const compared = worst
    ? [short(worst.error), short(worst.limit), worst.what]
    : ['', '', reason ?? '']
  return [title, precision ?? '', state, ...compared, seconds.toFixed(1)]
}

function rows(header: string[], body: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [header, header.map(() => '---'), ...body].map(line).join('\n')
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(2)
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
