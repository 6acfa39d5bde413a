import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { doctorSchema } from '#shared/contract/doctor.ts'
import { inspect } from '#main/doctor/doctor.ts'
import { parseGpuLine, type ComputeDevice } from '#main/base/processes/hardware.ts'
import {
  installationFolder,
  tensorflowNote,
  type TensorFlowNote,
} from '#main/base/processes/installation.ts'
import { readFacts } from '#main/doctor/probe.ts'
import {
  describeTensorFlow,
  tensorflowFacts,
  type Problem,
} from '#main/doctor/tensorflow-report.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fame-doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function installationWith(note: object | null): string {
  const root = temporaryFolder()
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: '9.8.7' }))
  mkdirSync(join(root, 'out', 'setup'), { recursive: true })
  if (note) writeFileSync(join(root, 'out', 'setup', 'tensorflow.json'), JSON.stringify(note))
  return root
}

describe('the doctor', { tags: ['tensorflow'] }, () => {
  test('tells the versions of what is really installed, in the contract’s shape', async () => {
    const project = temporaryFolder()
    const doctor = await inspect({ project })
    expect(doctorSchema.parse(doctor)).toEqual(doctor)
    expect(doctor.node).toBe(process.versions.node)
    expect(doctor.ffmpeg).toMatch(/^\d+\.\d/)
    expect(doctor.sqlite).toMatch(/^3\.\d+\.\d+$/)
    expect(doctor.folders.project).toBe(project)
    const note = tensorflowNote(installationFolder())
    if (note?.available) expect(doctor.tensorflow).toMatchObject({ available: true, reason: null })
    if (doctor.tensorflow.available) {
      expect(doctor.tensorflow.version).toMatch(/^2\.\d+/)
      expect(doctor.tensorflow.kernels).toMatch(/kernels|own ops/)
      expect(doctor.tensorflow.memory).toBeGreaterThan(2 ** 28)
    } else {
      expect(doctor.problems.map(({ fact }) => fact)).toContain(doctor.tensorflow.reason)
    }
  })

  test('reads version and note of the installation it is told', async () => {
    const root = installationWith(null)
    const doctor = await inspect({ project: null, root })
    expect(doctor.workbench).toBe('9.8.7')
    expect(doctor.electron.available).toBe(false)
  })
})

describe('what the doctor says of TensorFlow', () => {
  const missing = { ok: false, reason: "Cannot find module 'tfjs_binding.node'" } as const
  const kernels = { use: 'AVX2 kernels (this processor has no AVX-512)', problem: null }
  const works = { ok: true, facts: { version: '2.21.0', device: 'CPU', kernels } } as const
  type Outcome = Parameters<typeof describeTensorFlow>[0]
  const gpu = { name: 'NVIDIA H200', memory: 143771 * 2 ** 20 }

  function ask(outcome: Outcome, note: TensorFlowNote | null, device: ComputeDevice | null) {
    const problems: Problem[] = []
    return { report: describeTensorFlow(outcome, note, device, problems), problems }
  }

  test('names the CPU and its memory, without a problem', () => {
    const { report, problems } = ask(works, null, null)
    expect(report).toMatchObject({ available: true, version: '2.21.0', device: 'CPU' })
    expect(['float32', 'bfloat16']).toContain(report.precision)
    expect(report.memory).toBeGreaterThan(0)
    expect(report.kernels).toBe('AVX2 kernels (this processor has no AVX-512)')
    expect(problems).toEqual([])
  })

  test('passes on what is wrong with the kernels', () => {
    const problem = { fact: 'The AVX2 kernels do not load.', remedy: 'Build them.' }
    const facts = { ...works.facts, kernels: { use: "TensorFlow's own ops", problem } }
    expect(ask({ ok: true, facts }, null, null).problems).toEqual([problem])
  })

  test('names the GPU that it computes on', () => {
    const facts = { version: '2.21.0', device: 'GPU', kernels } as const
    const { report } = ask({ ok: true, facts }, null, gpu)
    expect(report).toMatchObject({ device: 'GPU', deviceName: 'NVIDIA H200', memory: gpu.memory })
    expect(report.precision).toBe('bfloat16')
  })

  test('points out a GPU that lies idle', () => {
    expect(ask(works, null, gpu).problems[0].fact).toMatch(/NVIDIA H200.*computes on the CPU/)
  })

  test('gives the reason and the remedy that set-up noted', () => {
    const note = { available: false, reason: 'pip was not found.', remedy: 'Install pip.' } as const
    const { report, problems } = ask(missing, note, null)
    expect(report).toMatchObject({ available: false, version: null, device: null })
    expect(report.reason).toMatch(/pip was not found/)
    expect(problems).toEqual([{ fact: report.reason, remedy: 'Install pip.' }])
  })

  test('tells a set-up that has not been from one that no longer holds', () => {
    expect(ask(missing, null, null).report.reason).toMatch(/has not been set up/)
    const later = ask(missing, { available: true, kind: 'cpu' }, null).report.reason
    expect(later).toMatch(/was set up but does not load: Cannot find module/)
  })
})

describe('what a probe prints', () => {
  test('is its last line, behind what a library says before', () => {
    const facts = { version: '2.21.0', device: 'CPU', kernels: { use: 'some', problem: null } }
    const output = `a library said this\n${JSON.stringify(facts)}\n`
    expect(readFacts(output, tensorflowFacts)).toEqual({ ok: true, facts })
  })

  test.each(['', 'half a li', '{"version":7}', '[]'])('is broken when it is %j', (output) => {
    const outcome = readFacts(output, tensorflowFacts)
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('its check') })
  })
})

describe('set-up’s note', () => {
  test('is read; one that is damaged counts as none', () => {
    const note = { available: false, reason: 'r', remedy: 'd', key: 'k', at: 1 }
    expect(tensorflowNote(installationWith(note))).toMatchObject({ reason: 'r', remedy: 'd' })
    expect(tensorflowNote(installationWith({ available: 'perhaps' }))).toBeNull()
    expect(tensorflowNote(installationWith(null))).toBeNull()
  })

  test('is looked for in the same folder from a bundle', () => {
    const root = installationWith(null)
    mkdirSync(join(root, 'out', 'main', 'chunks'), { recursive: true })
    const bundle = pathToFileURL(join(root, 'out', 'main', 'chunks', 'doctor.js')).href
    expect(installationFolder(bundle)).toBe(root)
    expect(existsSync(join(installationFolder(), 'src-main'))).toBe(true)
  })
})

test.each([
  ['NVIDIA H200, 143771', { name: 'NVIDIA H200', memory: 143771 * 1024 * 1024 }],
  [
    'NVIDIA GeForce RTX 4090, 24564\r',
    { name: 'NVIDIA GeForce RTX 4090', memory: 24564 * 2 ** 20 },
  ],
  ['No devices were found', null],
  ['', null],
])('the GPU line %j is read', (line, expected) => {
  expect(parseGpuLine(line)).toEqual(expected)
})
