import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { clipFault, ENCODERS, encoders } from '#shared/encoders/index.ts'

/** Where an encoder is at home: its descriptor and its design. */
const HOMES = /^src-shared\/encoders\/|^src-main\/trainer\/encoders\//
/** A recipe is for an encoder, so it names one. */
const RECIPES = /^src-shared\/config\/recipes\.ts$|^src-shared\/methods\//

const sources = globSync('src-*/**/*.{ts,vue,css,mjs}')
  .filter((file) => !HOMES.test(file) && !RECIPES.test(file))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))

describe.each(ENCODERS)('the encoder %s', (name) => {
  const { label, meaning, featureSize, scaling } = encoders[name]

  it('is named by no source outside its own files and the recipes', () => {
    const words = [name, label].map((word) => word.replace(/\W/g, '\\$&')).join('|')
    const word = new RegExp(`(?<!\\w)(${words})(?!\\w)`, 'i')
    const lines = sources.flatMap(({ file, text }) =>
      text.split('\n').flatMap((line, i) => (word.test(line) ? [`${file}:${i + 1}`] : [])),
    )
    expect(lines).toEqual([])
  })

  it('has a row in the documentation', () => {
    const page = readFileSync('docs/encoders.md', 'utf8')
    expect(page).toContain(`| \`${name}\``)
    expect(page).toContain(`| ${featureSize.toLocaleString('en')} `)
  })

  it('is the model of a run that asks for it', () => {
    expect(completeConfig({ model: name }).model).toBe(name)
    expect([label, meaning].every((text) => text.length > 0)).toBe(true)
    expect(scaling.deviation.every((n) => n > 0)).toBe(true)
  })
})

it('no two encoders have the same label', () => {
  const labels = Object.values(encoders).map(({ label }) => label)
  expect(new Set(labels).size).toBe(labels.length)
})

describe('clips that are too small', () => {
  it('are refused with what to do', () => {
    const small = { model: 's3d_narrow', frames: 4, size: 32 }
    expect(() => completeConfig(small)).toThrow('at least 5 frames and 17 pixels')
    expect(completeConfig({ ...small, frames: 5 }).frames).toBe(5)
  })

  it('are refused where they are no whole number of cubes', () => {
    expect(clipFault('vit_small', { frames: 15, size: 224 })).toContain('a multiple of 2')
    expect(clipFault('vit_small', { frames: 16, size: 200 })).toContain('a multiple of 16')
    expect(clipFault('vit_small', { frames: 16, size: 224 })).toBeNull()
  })

  it('there are none for encoders whose layers round sizes up', () => {
    expect(clipFault('r3d_50', { frames: 2, size: 16 })).toBeNull()
  })
})
