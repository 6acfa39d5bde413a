import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commonSettings, completeConfig } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { METHODS, methodNamed } from '#shared/methods/index.ts'
import { chartsOf, metricKindOf, metricKinds } from '#shared/metrics/catalogue.ts'

/** Where a method is at home: its descriptor and its learner. */
const HOMES = /^src-shared\/methods\/|^src-main\/trainer\/methods\//

const sources = globSync('src-*/**/*.{ts,vue,css,mjs}')
  .filter((file) => !HOMES.test(file))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))

/** Names that are English words, which code of other subjects uses too. */
const WORDS = ['rotation', 'pace', 'prediction', 'cluster', 'statistics']

/**
 * A name that is also an English word counts where code quotes it, or compares a method with it; and
 * its label as it is written.
 */
function mention(name: string, label: string): RegExp {
  if (WORDS.includes(name)) {
    return new RegExp(`method\\w*\\W{1,6}['"\`]${name}['"\`]|\\b${label}\\b`)
  }
  const ofLabel = label.replace(/\W/g, '\\$&')
  if (name.length > 2) return new RegExp(`\\b(${name}|${ofLabel})\\b`, 'i')
  return new RegExp(`(['"\`])${name}\\1|\\b${ofLabel}\\b`)
}

describe.each(METHODS)('the method %s', (name) => {
  const method = methodNamed(name)

  it('is named by no source outside its own files', () => {
    const word = mention(name, method.label)
    const lines = sources.flatMap(({ file, text }) =>
      text.split('\n').flatMap((line, i) => (word.test(line) ? [`${file}:${i + 1}`] : [])),
    )
    expect(lines).toEqual([])
  })

  it('starts from its defaults, and from every preset of its own', () => {
    expect(() => completeConfig({ method: name })).not.toThrow()
    const own = presets.filter((preset) => preset.method === name)
    expect(own.length).toBeGreaterThan(0)
    for (const { values } of own) expect(() => completeConfig(values)).not.toThrow()
  })

  it('says what its metrics mean and draws each in one chart', () => {
    const drawn = chartsOf([name]).flatMap(({ metrics }) => metrics)
    for (const metric of Object.keys(method.metrics)) {
      expect(drawn.filter((other) => other === metric)).toHaveLength(1)
      expect(metricKindOf(metric, name)?.meaning).toBe(method.metrics[metric].meaning)
    }
    expect(method.metrics.loss.better).toBe('low')
  })

  it('prints its metrics as other methods print those of the same name', () => {
    for (const [metric, { label, print, better }] of Object.entries(method.metrics)) {
      expect(metricKinds[metric]).toMatchObject({ label, print, ...(better && { better }) })
    }
  })

  it('has no setting that is also a common one', () => {
    const common = ['method', ...Object.keys(commonSettings)]
    expect(Object.keys(method.settings).filter((own) => common.includes(own))).toEqual([])
    expect(method.views(completeConfig({ method: name })).length).toBeGreaterThan(0)
  })
})
