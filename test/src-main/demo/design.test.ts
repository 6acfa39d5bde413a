import { expect, it } from 'vitest'
import { CLIPS, demoDesign } from '#main/demo/design.ts'
import { sampleGeometry } from '#main/datasets/sample-set/scene.ts'
import { presetConfig } from '#main/runs/queue/preset-config.ts'

it('evaluates every frame of a sample video, with FAME and without', () => {
  for (const preset of ['small-fame', 'small-moco']) {
    const { frames, stride } = presetConfig(preset, demoDesign)
    expect(CLIPS * frames * stride).toBeGreaterThanOrEqual(sampleGeometry.frames)
  }
})

it('changes the clip size and leaves the rest of the training to the recipe', () => {
  const recipe = presetConfig('small-fame')
  expect(recipe.size).not.toBe(32)
  expect(presetConfig('small-fame', demoDesign)).toEqual({ ...recipe, size: 32, knnEvery: 0 })
})
