// @module-tag tensorflow
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { openProject } from '#main/store/project.ts'
import { saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { encodeSafetensors } from '#main/trainer/checkpoint/safetensors.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { readWeights } from '../trainer/weights/read-all.ts'
import { goldenState, readGoldenNetwork, relativeError } from '../trainer/golden-networks.ts'
import type { Run } from '#shared/contract/runs.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Projector } from '#main/trainer/methods/projector.ts'
import { weightsRng } from '#main/trainer/encoders/encoder.ts'
import { projectionHead, toReferenceHead } from '#main/trainer/networks/heads.ts'
import type { WeightsReport } from '#main/trainer/weights/fit-weights.ts'
import { runCli } from './run-cli.ts'
import { writeTinySet } from './tiny-videos.ts'

const folder = mkdtempSync(join(tmpdir(), 'fame-cli-weights-'))
afterAll(() => rmSync(folder, { recursive: true }))

const golden = readGoldenNetwork('r2plus1d_18')

function prefixed(prefix: string, state: StateDict): StateDict {
  return new Map([...state].map(([name, entry]) => [prefix + name, entry]))
}

describe('embed', () => {
  const file = join(folder, 'weights.safetensors')
  // The golden clip without loss: 16 frames at 112 x 112.
  const video = join(import.meta.dirname, '../../fixtures/golden/vtest-a.mkv')
  const embed = (...args: (string | number)[]) =>
    runCli('embed', video, '--model', 'R2plus1d_18', '--checkpoint', file, '--json', ...args)

  it('prints the reference features of a clip', async () => {
    const tensors = prefixed('module.encoder_q.', goldenState(golden))
    writeFileSync(file, encodeSafetensors({ tensors, metadata: {} }))
    const { code, stdout } = await embed('--stride', 1)
    expect(code).toBe(0)
    const { features } = JSON.parse(stdout) as { features: number[] }
    expect(relativeError(features, golden.eval_features[0])).toBeLessThan(1e-4)
  }, 300_000)

  it('says which frame is not there', async () => {
    const { code, stderr } = await embed('--stride', 2)
    expect(stderr).toContain('has 16 frames')
    expect(code).toBe(1)
  })
})

describe('runs export', () => {
  it('writes the query encoder under the names of PyTorch', async () => {
    const project = openProject(join(folder, 'project'))
    const { datasets, runs } = project.store
    const datasetId = datasets.ensure({ name: 'set', folder, format: 'ucf101' })
    const config = completeConfig({})
    const run = runs.add({ name: 'first', config, datasetId, totalSteps: 10 })
    const args = ['runs', 'export', run.id, '--project', project.folder, '--out']
    const out = join(folder, 'new', 'encoder.safetensors')
    const early = await runCli(...args, out)
    expect(early.stderr).toContain('no checkpoint yet')
    expect(early.code).toBe(1)

    const query: StateDict = new Map([
      ['stem.0.weight', { shape: [2], data: Float32Array.of(1, 2) }],
    ])
    const tensors = new Map([...prefixed('query.', query), ...prefixed('key.', query)])
    saveCheckpoint(project.runFolder(run.id), 7, { tensors, metadata: {} })
    project.close()
    const { code, stdout } = await runCli(...args, out, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      run: run.id,
      model: 'r2plus1d_18',
      step: 7,
      file: out,
    })
    expect(await readWeights(out)).toEqual(query)
    const file = readFileSync(out)
    const header = file.subarray(8, 8 + Number(file.readBigUInt64LE()))
    expect(JSON.parse(header.toString())).toMatchObject({
      __metadata__: { mean: '0.43216 0.394666 0.37645', deviation: '0.22803 0.22145 0.216989' },
    })

    const none = await runCli(...args, out, '--best')
    expect(none.stderr).toContain('no best checkpoint')
    const folderOfRun = join(folder, 'project', 'runs', String(run.id))
    saveCheckpoint(folderOfRun, 8, { tensors, metadata: {} }, { score: 1 })
    saveCheckpoint(folderOfRun, 9, { tensors, metadata: {} }, { score: 2 })
    const best = await runCli(...args, out, '--best', '--json')
    expect(JSON.parse(best.stdout)).toMatchObject({ step: 8 })
  })
})

describe('runs import', () => {
  it('takes weights in as a run that is evaluated and exported as any other', async () => {
    const project = join(folder, 'imported')
    const set = join(folder, 'set')
    await writeTinySet(set)
    await runCli('index', set, '--dataset', 'ucf101', '--project', project)
    const engine = await loadEngine('float32')
    const size = { model: 'r2plus1d_narrow', projectionSize: 32 } as const
    const projector = new Projector(engine, { ...size, head: projectionHead(size) }, weightsRng(3))
    const { encoder, head } = projector
    const state = new Map([
      ...encoder.stateDict(),
      ...toReferenceHead(size.model, head.stateDict()),
    ])
    projector.dispose()
    const file = join(folder, 'weights.safetensors')
    const tensors = prefixed('module.encoder_q.', state)
    writeFileSync(file, encodeSafetensors({ tensors, metadata: {} }))
    const small = ['--set', 'frames=4', '--set', 'size=24']
    const args = ['--project', project, '--json']
    const named = ['--model', 'R2plus1d_narrow', '--name', 'from elsewhere']
    const imported = await runCli('runs', 'import', file, ...named, ...small, ...args)
    expect(imported.stderr).toBe('')
    const run = JSON.parse(imported.stdout) as Run & { weights: WeightsReport }
    expect(run).toMatchObject({ name: 'from elsewhere', status: 'done', step: 0 })
    expect(run.config).toMatchObject({ projectionSize: 32 })
    expect(run.weights).toMatchObject({ taken: state.size, missing: [], unexpected: [] })

    // Nothing is known of how they were trained, so no method is named.
    const listed = await runCli('runs', '--project', project)
    expect(listed.stdout).toContain('imported weights')
    expect(listed.stdout).not.toContain('0/0')

    const out = join(folder, 'out.safetensors')
    await runCli('runs', 'export', run.id, '--out', out, ...args)
    expect(await readWeights(out)).toEqual(state)

    const clips = ['--clips', 1, '--protocol', 'retrieval']
    const evaluated = await runCli('evaluate', '--run', run.id, ...clips, ...args)
    expect(evaluated.code).toBe(0)
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ runId: run.id, status: 'done' })
  })

  it('adds no run for a file that cannot be used', async () => {
    const project = join(folder, 'imported')
    const file = join(import.meta.dirname, '../../fixtures/weights/command.pth')
    const { code, stderr } = await runCli('runs', 'import', file, '--project', project)
    expect(stderr).toContain("asks to run 'posix.system'")
    expect(code).toBe(1)
    const runs = await runCli('runs', '--project', project, '--json')
    expect(runs.stdout.trim().split('\n')).toHaveLength(1)
  })
})
