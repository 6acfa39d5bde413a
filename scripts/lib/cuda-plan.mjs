import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { runCommand, tail } from './command.mjs'
import { knownWheels } from './known-wheels.mjs'
import { findPip, pythonTargets } from './pip.mjs'
import { tensorflowVersion } from './tensorflow-library.mjs'
import { requirementsOf } from './wheel.mjs'

/**
 * What TensorFlow's CUDA library opens from each of NVIDIA's packages, and what for. The packages
 * themselves are those that TensorFlow's wheel declares: a test compares both.
 * @type {Record<string, { libraries: string[], why: string }>}
 */
export const cudaPackages = {
  'nvidia-cublas-cu12': {
    libraries: ['libcublas.so.12', 'libcublasLt.so.12'],
    why: 'products of matrices',
  },
  'nvidia-cuda-cupti-cu12': { libraries: ['libcupti.so.12'], why: "TensorFlow's profiler" },
  'nvidia-cuda-nvcc-cu12': {
    libraries: ['ptxas', 'libdevice.10.bc'],
    why: 'compiles kernels for GPUs that the library has none for',
  },
  'nvidia-cuda-nvrtc-cu12': {
    libraries: ['libnvrtc.so.12'],
    why: 'compiles kernels of cuDNN at run time',
  },
  'nvidia-cuda-runtime-cu12': { libraries: ['libcudart.so.12'], why: 'memory, streams, launches' },
  'nvidia-cudnn-cu12': {
    libraries: ['libcudnn.so.9'],
    why: 'convolutions, pooling and batch normalisation',
  },
  'nvidia-cufft-cu12': { libraries: ['libcufft.so.11'], why: 'Fourier transforms' },
  'nvidia-curand-cu12': { libraries: ['libcurand.so.10'], why: 'random numbers' },
  'nvidia-cusolver-cu12': { libraries: ['libcusolver.so.11'], why: 'linear equations' },
  'nvidia-cusparse-cu12': { libraries: ['libcusparse.so.12'], why: 'sparse matrices' },
  'nvidia-nccl-cu12': { libraries: ['libnccl.so.2'], why: 'communication between GPUs' },
  'nvidia-nvjitlink-cu12': {
    libraries: ['libnvJitLink.so.12'],
    why: 'needed by cuSOLVER and cuSPARSE',
  },
}

/**
 * @typedef {object} PlannedWheel
 * @property {string} requirement as pip takes it
 * @property {string[]} libraries what is used of it
 * @property {string} why
 * @property {string | null} version null where the package index did not answer
 * @property {string | null} file
 * @property {string | null} sha256
 * @property {'workbench' | 'index' | null} from who states the hash: the workbench has it pinned, or only
 *   the package index states it
 *
 * @typedef {object} CudaPlan
 * @property {PlannedWheel[]} wheels
 * @property {'wheel' | 'recorded'} requirements whether the requirements are those of the wheel in the
 *   index, or those recorded for this version because the index did not answer
 * @property {string | null} trouble why the index did not answer
 */

/**
 * Every wheel that set-up would fetch for CUDA, without fetching one: pip reads their metadata.
 * @param {{ env: NodeJS.ProcessEnv, recorded: string, report: (line: string) => void }} context
 *   `recorded` is the METADATA of TensorFlow's wheel, for the time that the index does not answer
 * @returns {Promise<CudaPlan>}
 */
export async function cudaPlan({ env, recorded, report }) {
  const main = `tensorflow==${tensorflowVersion}`
  report(`Asking the package index for ${main}`)
  const found = await resolveWheel(main, env)
  const requirements = found.ok ? found.wheel.requirements : requirementsOf(recorded, 'and-cuda')
  const wheels = [planned(main, found.ok ? found.wheel : null)]
  for (const requirement of requirements) {
    // Without an index for the first there is none for the others.
    if (found.ok) report(`Asking the package index for ${requirement}`)
    const answer = found.ok ? await resolveWheel(requirement, env) : found
    wheels.push(planned(requirement, answer.ok ? answer.wheel : null))
  }
  return {
    wheels,
    requirements: found.ok ? 'wheel' : 'recorded',
    trouble: found.ok ? null : found.trouble,
  }
}

/**
 * @typedef {{ version: string, file: string, sha256: string | null, requirements: string[] }} IndexWheel
 */

/**
 * @param {string} requirement
 * @param {IndexWheel | null} wheel
 * @returns {PlannedWheel}
 */
function planned(requirement, wheel) {
  const name = requirement.split(/[<>=!~]/)[0]
  const { libraries, why } = cudaPackages[name] ?? {
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'headers'],
    why: 'TensorFlow with kernels for CUDA',
  }
  const known = knownWheels.find(({ file }) => file === wheel?.file)?.hash
  return {
    ...{ requirement, libraries, why },
    version: wheel?.version ?? null,
    file: wheel?.file ?? null,
    sha256: known ?? wheel?.sha256 ?? null,
    from: known ? 'workbench' : wheel?.sha256 ? 'index' : null,
  }
}

/**
 * What pip would fetch for a requirement, for the first Python that has a wheel of it.
 * @param {string} requirement
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ ok: true, wheel: IndexWheel } | { ok: false, trouble: string }>}
 */
async function resolveWheel(requirement, env) {
  const pip = await findPip(env)
  const folder = mkdtempSync(join(tmpdir(), 'fame-plan-'))
  const file = join(folder, 'report.json')
  let output = ''
  try {
    for (const target of pythonTargets(requirement)) {
      const args = ['install', '--dry-run', '--ignore-installed', '--no-deps', '--retries', '1']
      const where = ['--only-binary=:all:', '--target', join(folder, 'target'), '--report', file]
      const all = [...pip.args, ...args, ...where, ...target, requirement]
      const result = await runCommand(pip.command, all, { env, timeout: 300_000 })
      if (result.ok) return { ok: true, wheel: readReport(readFileSync(file, 'utf8')) }
      output = result.output
    }
    return { ok: false, trouble: tail(output, 2) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The one wheel of a report that `pip install --report` writes.
 * @param {string} text
 * @returns {IndexWheel}
 */
export function readReport(text) {
  const [{ download_info: from, metadata }] = JSON.parse(text).install
  const lines = (metadata.requires_dist ?? []).map((/** @type {string} */ line) => {
    return `Requires-Dist: ${line}`
  })
  return {
    version: metadata.version,
    file: decodeURIComponent(basename(new URL(from.url).pathname)),
    sha256: from.archive_info?.hashes?.sha256 ?? null,
    requirements: requirementsOf(lines.join('\n'), 'and-cuda'),
  }
}
