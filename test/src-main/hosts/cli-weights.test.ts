import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { openProject } from '#main/store/project.ts'
import { saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { encodeSafetensors } from '#main/trainer/checkpoint/safetensors.ts'
import type { StateDict } from '#main/trainer/models/weights.ts'
import { readWeights } from '#main/trainer/weights/read-weights.ts'
import { goldenState, readGoldenNetwork, relativeError } from '../trainer/golden-networks.ts'
import { runCli } from './run-cli.ts'

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
    expect(readWeights(out)).toEqual(query)
  })
})
