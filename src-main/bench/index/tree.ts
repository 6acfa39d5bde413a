import { constants } from 'node:fs'
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Rng } from '#shared/random/rng.ts'
import { writeVideo } from '../../video/writer.ts'

/** As UCF101's: pixels, frames, and how they are encoded. */
const WIDTH = 320
const HEIGHT = 240
const FRAMES = 200
const FPS = 25
const CLASSES = 20

/** Kinds of files, most of them as UCF101 has them; each is written once and copied. */
const KINDS = [
  { name: 'a.avi', share: 5 },
  { name: 'b.avi', share: 3 },
  { name: 'c.mkv', share: 1 },
  { name: 'd.mkv', share: 1, codec: 'ffv1', frames: 32 },
] as const

/**
 * Fills `folder` with class folders of `count` videos: 320 x 240, 200 frames, MPEG-4 in AVI and
 * Matroska, one in ten FFV1 with 32 frames. Copies of four files, each with blocks of its own.
 */
export async function writeVideoTree(folder: string, count: number): Promise<void> {
  const seeds = `${folder}.seeds`
  await mkdir(seeds, { recursive: true })
  const sources: string[] = []
  for (const [seed, { name, share, ...kind }] of KINDS.entries()) {
    const { codec, frames = FRAMES }: { codec?: 'ffv1'; frames?: number } = kind
    const file = join(seeds, name)
    const channels = codec === 'ffv1' ? 1 : 3
    const pictures = movingSquare(frames, channels, new Rng(seed + 1))
    await writeVideo(
      file,
      { width: WIDTH, height: HEIGHT, fps: FPS, ...(codec && { codec }) },
      pictures,
    )
    sources.push(...Array.from({ length: share }, () => file))
  }
  await fill(folder, count, (number, path) => {
    const source = sources[number % sources.length]
    return copyFile(source, `${path}${extname(source)}`, constants.COPYFILE_FICLONE)
  })
}

/** Fills `folder` with class folders of `count` names of a few small files. */
export async function writeLinkTree(folder: string, count: number): Promise<void> {
  const seeds = `${folder}.seeds`
  await mkdir(seeds, { recursive: true })
  for (let i = 0; i < CLASSES; i++) await writeFile(join(seeds, String(i)), 'video')
  // One file has at most some ten thousand names.
  await fill(folder, count, (number, path) =>
    link(join(seeds, String(number % CLASSES)), `${path}.avi`),
  )
}

async function fill(
  folder: string,
  count: number,
  write: (number: number, path: string) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < CLASSES; i++) await mkdir(join(folder, className(i)), { recursive: true })
  for (let number = 0; number < count; number++) {
    const name = `v_${String(number).padStart(6, '0')}`
    await write(number, join(folder, className(number % CLASSES), name))
  }
}

function className(number: number): string {
  return `Class${String(number).padStart(2, '0')}`
}

/** A square that crosses a noisy background: u8 [H, W, channels]. */
function* movingSquare(frames: number, channels: number, rng: Rng): Generator<Uint8Array> {
  const background = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, () =>
    Math.floor(rng.uniform(90, 130)),
  )
  for (let t = 0; t < frames; t++) {
    const pixels = background.slice()
    const left = Math.floor(((WIDTH - 80) * t) / frames)
    for (let y = 80; y < 160; y++) {
      const from = (y * WIDTH + left) * channels
      pixels.fill(40 + (y % 16) * 12, from, from + 80 * channels)
    }
    yield pixels
  }
}
