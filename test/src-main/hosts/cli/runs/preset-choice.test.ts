import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { presetNamed } from '#shared/config/presets.ts'
import { requestedConfig } from '#main/hosts/cli/runs/hyper-parameter-options.ts'
import { chosenPreset } from '#main/hosts/cli/runs/preset-choice.ts'

const folder = mkdtempSync(join(tmpdir(), 'fame-choice-'))
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  [{ recipe: 'ucf101' }, 'fame-ucf101', {}],
  [{ recipe: 'ucf101', size: 'cpu', merge: 'none' }, 'moco-ucf101-cpu', { merge: 'none' }],
  [{ recipe: 'sample', method: 'moco', size: 'cpu' }, 'small-fame', { method: 'moco' }],
  [{ preset: 'small-fame', method: 'simclr' }, 'small-fame-simclr', { method: 'simclr' }],
  [{ preset: 'small-fame', merge: 'none' }, 'small-moco', { merge: 'none' }],
  [{ preset: 'small-moco', merge: 'both' }, 'small-fame', { merge: 'both' }],
  [{ merge: 'both' }, undefined, { merge: 'both' }],
] as const)('%j is a preset with changes', (options, preset, values) => {
  expect(chosenPreset(options)).toEqual({ preset, values })
})

it('refuses a size that no recipe has', () => {
  expect(() => chosenPreset({ size: 'cpu' })).toThrow("--size chooses one of a recipe's sizes")
})

it('makes the configuration of the parts, what is set beyond them, and old names', () => {
  const { complete } = requestedConfig({ recipe: 'sample', merge: 'both', set: ['epochs=3'] })
  const { values } = presetNamed('small-fame')
  expect(complete).toMatchObject({ ...values, merge: 'both', epochs: 3 })
  expect(requestedConfig({ set: ['fame=none'] }).complete.merge).toBe('none')
})

it('takes the preset of a file, and its parts from the command line', () => {
  const config = join(folder, 'run.yaml')
  writeFileSync(config, 'preset: small-fame\nbeta: 0.4\nmerge: query\n')
  const { preset, complete } = requestedConfig({ config, merge: 'none', set: [] })
  expect(preset).toBe('small-moco')
  expect(complete).toMatchObject({ merge: 'none', beta: 0.4 })
})

it('lets the command line say another method than a file, without the settings of the other', () => {
  const config = join(folder, 'moco.yaml')
  writeFileSync(config, 'preset: small-fame\nmethod: moco\nbeta: 0.4\n')
  const { preset, complete } = requestedConfig({ config, method: 'simclr', set: [] })
  expect(preset).toBe('small-fame-simclr')
  expect(complete).toMatchObject({ method: 'simclr', beta: 0.4 })
  expect(complete).not.toHaveProperty('queue')
})
