import { gaussianKernel, PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { LabelledClip } from './labelled-clip.ts'

/** Share of its contrast that the object keeps. */
const OBJECT_CONTRAST = 0.35
/** Standard deviation of the texture, of 255. */
const TEXTURE_CONTRAST = 30
/** Grain of the texture: standard deviations of the blurs in pixels. */
const GRAINS = [1.2, 3]

/**
 * The same motion where the camera's own shows most: the background becomes a strong coloured
 * texture, and the object loses most of its contrast.
 */
export function withStrongBackground({ clip, truth }: LabelledClip, rng: Rng): LabelledClip {
  const { height, width } = clip
  const texture = drawTexture(rng, height, width)
  const data = clip.data.slice()
  for (let i = 0; i < truth.length; i++) {
    const pixel = (i % (height * width)) * 3
    for (let c = 0; c < 3; c++) {
      const away = truth[i] === 1 ? OBJECT_CONTRAST * (data[i * 3 + c] - 128) : texture[pixel + c]
      data[i * 3 + c] = Math.max(0, Math.min(255, Math.round(128 + away)))
    }
  }
  return { clip: { ...clip, data }, truth }
}

/** [H, W, 3], mean about 0. */
function drawTexture(rng: Rng, height: number, width: number): Float32Array {
  const texture = new Float32Array(height * width * 3)
  const blur = new PlaneBlur(height, width, 3)
  for (const sigma of GRAINS) {
    const plane = texture.map(() => rng.uniform(-1, 1))
    blur.apply(plane, plane, gaussianKernel(2 * Math.ceil(3 * sigma) + 1, sigma))
    // Blurring leaves 1 / (2 sigma sqrt(pi)) of white noise's deviation, here sqrt(1/3).
    const scale = (TEXTURE_CONTRAST * 2 * sigma * Math.sqrt(3 * Math.PI)) / Math.sqrt(GRAINS.length)
    for (let i = 0; i < texture.length; i++) texture[i] += scale * plane[i]
  }
  return texture
}
