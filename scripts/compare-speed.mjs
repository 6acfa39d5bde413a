/**
 * `node scripts/compare-speed.mjs PYTHON [--rounds 3] [--precision float32] [--steps 5] [--only NAME]`
 * times the workbench and PyTorch in turn on this machine and prints the table of
 * docs/performance.md. PYTHON is a Python with torch. `FAME_KERNELS` holds both to a set of
 * instructions: PyTorch by `ONEDNN_MAX_CPU_ISA` and `ATEN_CPU_CAPABILITY`.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const WHOLE = { batch: 4, frames: 16, size: 112 }
const CASES = [
  { name: 'step of R(2+1)D-18', work: 'train', model: 'r2plus1d_18', ...WHOLE },
  { name: 'step of I3D', work: 'train', model: 'i3d', ...WHOLE },
  {
    ...{ name: 'step of r2plus1d_narrow', work: 'train', model: 'r2plus1d_narrow' },
    ...{ batch: 32, frames: 8, size: 48 },
  },
  { name: 'features of R(2+1)D-18', work: 'features', model: 'r2plus1d_18', ...WHOLE },
]

/** What PyTorch must be told so that it takes no more than the kernels. @type {Record<string, object>} */
const HELD = {
  avx2: { ONEDNN_MAX_CPU_ISA: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2' },
  avx512: { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_BF16', ATEN_CPU_CAPABILITY: 'avx512' },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    precision: { type: 'string', default: 'float32' },
    steps: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
})
const python = positionals.at(0)
if (python === undefined) {
  process.stderr.write('Name a Python that has torch: node scripts/compare-speed.mjs PYTHON\n')
  process.exit(2)
}
const root = join(import.meta.dirname, '..')
const held = HELD[process.env.FAME_KERNELS ?? ''] ?? {}

/** @param {string} command @param {string[]} args @param {object} [env] */
function measure(command, args, env = {}) {
  const text = execFileSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(text)
}

/** @param {typeof CASES[number]} what */
function both({ work, model, batch, frames, size }) {
  const common = Object.entries({ model, batch, frames, size, steps: values.steps }).flatMap(
    ([name, value]) => [`--${name}`, String(value)],
  )
  common.push('--precision', values.precision)
  const ours = measure(join(root, 'bin', 'fame'), ['bench', work, ...common, '--json'])
  const script = join(root, 'scripts', 'compare-pytorch.py')
  const threads = ['--threads', String(availableParallelism())]
  const mode = work === 'features' ? ['--forward'] : []
  const theirs = measure(
    /** @type {string} */ (python),
    [script, ...common, ...threads, ...mode],
    held,
  )
  return { ours, theirs }
}

/** @param {number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}

/** @param {number} bytes */
function gigabytes(bytes) {
  return (bytes / 1e9).toFixed(2)
}

const cases = CASES.filter(({ name }) => name.includes(values.only))
const before = loadavg()[0]
/** @type {ReturnType<typeof both>[][]} */
const results = cases.map(() => [])
for (let round = 0; round < Number(values.rounds); round++) {
  cases.forEach((what, i) => {
    process.stderr.write(`round ${round + 1}: ${what.name}\n`)
    results[i].push(both(what))
  })
}
const [{ ours, theirs }] = results[0]
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const lines = [
  `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${ours.precision}; ${ours.kernels}.`,
  `Workbench ${version} with TensorFlow ${ours.tensorflow}; PyTorch ${theirs.pytorch}.`,
  `Medians of ${values.rounds} rounds in turn of ${values.steps} timed steps each; load ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after.`,
  '',
  '| | workbench, s | PyTorch, s | times PyTorch’s speed | each round | peak memory, GB |',
  '| --- | --- | --- | --- | --- | --- |',
  ...cases.map(({ name, batch, frames, size }, i) => {
    const a = results[i].map((round) => round.ours.secondsPerStep)
    const b = results[i].map((round) => round.theirs.secondsPerStep)
    const rounds = a.map((seconds, n) => (b[n] / seconds).toFixed(2)).join(', ')
    const [mine, other] = /** @type {const} */ (['ours', 'theirs']).map((side) =>
      gigabytes(Math.max(...results[i].map((round) => round[side].peakMemoryBytes))),
    )
    return `| ${name}, batch ${batch}, ${frames} x ${size} x ${size} | ${median(a).toFixed(3)} | ${median(b).toFixed(3)} | ${(median(b) / median(a)).toFixed(2)} | ${rounds} | ${mine}, PyTorch ${other} |`
  }),
]
process.stdout.write(`${lines.join('\n')}\n`)
