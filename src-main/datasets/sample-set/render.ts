import { Rng } from '#shared/random/rng.ts'
import { poseAt, sampleGeometry, type HardScene, type Scene } from './scene.ts'

/** Standard deviation of the pixel noise, in [0, 1]. More of it hides the motion's seed region. */
const NOISE = 0.008
const BACKGROUND_SATURATION = 0.16
const TEETH = 6

export interface RenderedFrame {
  /** u8 RGB, [H, W, 3]. */
  rgb: Uint8Array
  /** u8, [H, W]: 255 where the object is. */
  mask: Uint8Array
}

/** Renders the frames of a scene in order. The arrays are reused: copy what has to stay. */
export function* renderScene(scene: Scene): Generator<RenderedFrame> {
  const { width, height, frames } = sampleGeometry
  const background = renderBackground(scene, 0) // [H, W, 3] in [0, 1]
  const canvas = new Float32Array(background.length)
  const rgb = new Uint8Array(background.length)
  const mask = new Uint8Array(width * height)
  const rng = new Rng(scene.noiseSeed)
  for (let t = 0; t < frames; t++) {
    canvas.set(scene.hard && t > 0 ? renderBackground(scene, t) : background)
    mask.fill(0)
    drawObject(scene, t, canvas, mask)
    quantise(canvas, rng, rgb)
    yield { rgb, mask }
  }
}

/** A grating of low saturation; family fixes tint and orientation. The camera moves over it. */
function renderBackground({ background, hard }: Scene, t: number): Float32Array {
  const { width, height } = sampleGeometry
  const seen = hard ? cameraAt(hard, t) : null
  const image = new Float32Array(width * height * 3)
  const angle = (background.family * Math.PI) / 8
  const [r, g, b] = hsvToRgb(background.family / 8, BACKGROUND_SATURATION, 1)
  const kx = (Math.cos(angle) * 2 * Math.PI) / background.wavelength
  const ky = (Math.sin(angle) * 2 * Math.PI) / background.wavelength
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const [u, v] = seen ? seen(x, y) : [x, y]
      const wave = Math.sin(kx * u + ky * v + background.phase)
      const cross = Math.sin(0.61 * (kx * v - ky * u) + 2 * background.phase)
      const value = 0.5 + 0.16 * wave + 0.06 * cross
      image[i] = r * value
      image[i + 1] = g * value
      image[i + 2] = b * value
    }
  }
  return image
}

/** Where a pixel of frame t lies on the ground. */
function cameraAt({ camera }: HardScene, t: number): (x: number, y: number) => [number, number] {
  const { width, height } = sampleGeometry
  const { speedX, speedY, sway, swayPeriod, swayPhase, turn } = camera
  const away = sway * Math.sin((2 * Math.PI * t) / swayPeriod + swayPhase)
  const [cos, sin] = [Math.cos(turn * t), Math.sin(turn * t)]
  return (x, y) => {
    const [dx, dy] = [x - width / 2, y - height / 2]
    return [
      width / 2 + cos * dx - sin * dy + speedX * t + away,
      height / 2 + sin * dx + cos * dy + speedY * t - 0.5 * away,
    ]
  }
}

/** The colour of a textured object at a place of its own, which turns with it. */
function textureOf({ texture }: HardScene): (x: number, y: number) => [number, number, number] {
  const { family, angle, wavelength, phase } = texture
  const [r, g, b] = hsvToRgb(family / 8, BACKGROUND_SATURATION, 1)
  const kx = (Math.cos(angle) * 2 * Math.PI) / wavelength
  const ky = (Math.sin(angle) * 2 * Math.PI) / wavelength
  return (x, y) => {
    const wave = Math.sin(kx * x + ky * y + phase)
    const cross = Math.sin(0.8 * (kx * y - ky * x) + 2 * phase)
    const value = 0.5 + 0.2 * wave + 0.12 * cross
    return [r * value, g * value, b * value]
  }
}

/** A toothed disc with painted sectors, so that turning shows; its edge is antialiased over a pixel. */
function drawObject(scene: Scene, t: number, canvas: Float32Array, mask: Uint8Array): void {
  const { width, height } = sampleGeometry
  const { radius, hue, value } = scene.object
  const pose = poseAt(scene, t)
  const outer = radius * pose.scale * 1.14 + 1
  const bright = hsvToRgb(hue, 0.9, value)
  const dark = hsvToRgb(hue, 1, value * 0.55)
  const texture = scene.hard ? textureOf(scene.hard) : null
  const x0 = Math.max(0, Math.floor(pose.x - outer))
  const x1 = Math.min(width - 1, Math.ceil(pose.x + outer))
  const y0 = Math.max(0, Math.floor(pose.y - outer))
  const y1 = Math.min(height - 1, Math.ceil(pose.y + outer))
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const dx = (x - pose.x) / pose.scale
      const dy = (y - pose.y) / pose.scale
      const rho = Math.hypot(dx, dy)
      const theta = Math.atan2(dy, dx) - pose.angle
      const edge = radius * (1 + 0.14 * Math.tanh(3 * Math.sin(TEETH * theta)))
      const cover = Math.min(1, Math.max(0, (edge - rho) * pose.scale + 0.5))
      if (cover === 0) continue
      const painted = Math.sin(3 * theta) > 0 !== rho > 0.55 * radius
      const colour = texture
        ? texture(rho * Math.cos(theta), rho * Math.sin(theta))
        : painted
          ? bright
          : dark
      blend(canvas, 3 * (y * width + x), colour, cover)
      if (cover >= 0.5) mask[y * width + x] = 255
    }
  }
}

function blend(canvas: Float32Array, i: number, colour: readonly number[], cover: number): void {
  for (let c = 0; c < 3; c++) canvas[i + c] += cover * (colour[c] - canvas[i + c])
}

/** Adds noise (one draw for the three channels' 10 bits each, uniform) and rounds to 8 bits. */
function quantise(canvas: Float32Array, rng: Rng, rgb: Uint8Array): void {
  const amplitude = (NOISE * Math.sqrt(12) * 255) / 1023
  const offset = 0.5 - (amplitude * 1023) / 2
  for (let i = 0; i < canvas.length; i += 3) {
    const bits = rng.uint32()
    rgb[i] = clampByte(canvas[i] * 255 + offset + amplitude * (bits & 1023))
    rgb[i + 1] = clampByte(canvas[i + 1] * 255 + offset + amplitude * ((bits >>> 10) & 1023))
    rgb[i + 2] = clampByte(canvas[i + 2] * 255 + offset + amplitude * ((bits >>> 20) & 1023))
  }
}

function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value
}

/** All in [0, 1]; the hue wraps. */
function hsvToRgb(h: number, s: number, v: number): [number, number, number] {
  const channel = (n: number): number => {
    const k = (((n + h * 6) % 6) + 6) % 6
    return v - v * s * Math.max(0, Math.min(k, 4 - k, 1))
  }
  return [channel(5), channel(3), channel(1)]
}
