import { describe, expect, it } from 'vitest'
import { completeConfig, defaultConfig } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { parseRunFile, printRunFile } from '#shared/config/run-file.ts'

describe('a run file', () => {
  it.each(presets.map(({ name, values }) => [name, values] as const))(
    'gives the settings of %s back',
    (name, values) => {
      const file = { name: 'yes: "it" is', preset: name, values: completeConfig(values) }
      expect(parseRunFile(printRunFile(file))).toEqual(file)
    },
  )

  it('says what each value means', () => {
    const text = printRunFile({ values: defaultConfig() })
    expect(text).toContain('beta: 0.5 # Share of the frame that the mask keeps as foreground')
    expect(text).toContain(
      'batch: 64 # videos: Videos per batch; each gives as many clips as the method takes',
    )
  })

  it('may be JSON, and may leave out what stays as it is', () => {
    expect(parseRunFile('{"beta": 0.3}')).toEqual({ values: { beta: 0.3 } })
    expect(parseRunFile('preset: small-moco\nepochs: 2\n')).toEqual({
      preset: 'small-moco',
      values: { epochs: 2 },
    })
  })

  it.each([
    ['beta: 3', 'beta is 3: expected a number from 0.01 to 0.99'],
    ['bta: 0.3', "There is no setting 'bta'"],
    ['beta: 0.3\nbeta: 0.4', 'line 2'],
    ['beta: [', 'line 1'],
    ['- beta', 'Expected settings as `name: value`'],
    ['', 'Expected settings as `name: value`'],
    ['preset: huge', "There is no preset 'huge'"],
    ['name: 3', 'name is 3: expected a text'],
    ['batch: 7', 'make queue a multiple of batch'],
  ])('%j is refused with its fault', (text, fault) => {
    expect(() => parseRunFile(text)).toThrow(fault)
  })
})

it('a printed file has the settings in the order of the table', () => {
  const text = printRunFile({ values: { seed: 3, beta: 0.3, model: 'r2plus1d_narrow' } })
  const names = text.split('\n').flatMap((line) => /^(\w+):/.exec(line)?.[1] ?? [])
  expect(names).toEqual(['model', 'beta', 'seed'])
})
