import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { LabelledClip } from '../masks/labelled-clip.ts'
import { VideoReader } from '../../video/reader.ts'
import { writeVideo } from '../../video/writer.ts'
import { sceneKinds } from './kinds.ts'
import { scenePhotos } from './photos.ts'
import { renderScene } from './render.ts'

/**
 * One clip of a kind of scene, with its true masks: the same seed gives the same clip.
 * @param name of one of `sceneKinds`
 * @throws RangeError for a kind that does not exist
 */
export async function makeScene(name: string, seed: number): Promise<LabelledClip> {
  const place = sceneKinds.findIndex((kind) => kind.name === name)
  if (place < 0) throw new RangeError(`There is no kind of scene named ${name}.`)
  const rng = new Rng(deriveSeed(seed, hashOf(name)))
  const spec = sceneKinds[place].make(rng, await scenePhotos())
  const labelled = renderScene(spec, rng)
  return spec.quantiser === undefined ? labelled : await compressed(labelled, spec.quantiser)
}

/** Seeds follow the name, so that new kinds leave the clips of the others as they are. */
function hashOf(name: string): number {
  return Array.from(name).reduce(
    (hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0,
    7,
  )
}

/** The clip as FFmpeg gives it back after encoding it. */
async function compressed({ clip, truth }: LabelledClip, quality: number): Promise<LabelledClip> {
  const { frames, height, width } = clip
  const folder = await mkdtemp(join(tmpdir(), 'fame-scene-'))
  try {
    const file = join(folder, 'clip.avi')
    const length = height * width * 3
    const pictures = Array.from({ length: frames }, (_, t) =>
      clip.data.subarray(t * length, (t + 1) * length),
    )
    await writeVideo(file, { width, height, fps: 25, codec: 'mpeg4', quality }, pictures)
    const reader = VideoReader.open(file)
    try {
      const { data } = reader.readFrames(Array.from({ length: frames }, (_, t) => t))
      return { clip: { data, frames, height, width }, truth }
    } finally {
      reader.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
