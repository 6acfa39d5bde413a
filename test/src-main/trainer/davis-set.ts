/** A small data set in DAVIS's layout: textured squares that move over a textured ground. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

export interface Square {
  label: number
  /** Pixels, in the first frame. */
  top: number
  left: number
  side: number
  /** Pixels a frame to the right. */
  speed: number
  colour: readonly [number, number, number]
}

export interface DavisSequence {
  name: string
  frames: number
  squares: readonly Square[]
  /** Frames with labels; default all. */
  labelled?: number
  /** Every so many frames have labels; default 1. */
  every?: number
  /** The label that every object has instead of its own, as in DAVIS 2016. */
  binary?: number
}

export const davisSize = { height: 96, width: 128 }

/** Writes frames, labels and the list of test sequences. */
export async function writeDavisSet(
  folder: string,
  sequences: readonly DavisSequence[],
): Promise<void> {
  for (const { name, frames, squares, labelled = frames, every = 1, binary } of sequences) {
    const images = join(folder, 'JPEGImages/480p', name)
    const annotations = join(folder, 'Annotations/480p', name)
    for (const path of [images, annotations]) mkdirSync(path, { recursive: true })
    for (let t = 0; t < frames; t++) {
      const number = String(t).padStart(5, '0')
      const raw = { ...davisSize, channels: 3 as const }
      const jpeg = sharp(pictureAt(squares, t), { raw }).jpeg({ quality: 95 })
      await jpeg.toFile(join(images, `${number}.jpg`))
      if (t >= labelled || t % every !== 0) continue
      const labels = labelsAt(squares, t)
      const stored = binary ? labels.map((label) => (label > 0 ? binary : 0)) : labels
      writeFileSync(join(annotations, `${number}.png`), palettePng(stored, davisSize))
    }
  }
  const lists = join(folder, 'ImageSets/2017')
  mkdirSync(lists, { recursive: true })
  writeFileSync(join(lists, 'val.txt'), sequences.map(({ name }) => `${name}\n`).join(''))
}

/** [H, W]; later squares lie over earlier ones. */
export function labelsAt(squares: readonly Square[], t: number): Uint8Array {
  const { height, width } = davisSize
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width]
    return squares.findLast((square) => covers(square, y, x, t))?.label ?? 0
  })
}

function covers({ top, left, side, speed }: Square, y: number, x: number, t: number): boolean {
  return y >= top && y < top + side && x >= left + speed * t && x < left + speed * t + side
}

function pictureAt(squares: readonly Square[], t: number): Uint8Array {
  const { height, width } = davisSize
  const out = new Uint8Array(height * width * 3)
  for (let i = 0; i < height * width; i++) {
    const [y, x] = [Math.floor(i / width), i % width]
    const square = squares.findLast((one) => covers(one, y, x, t))
    const own = square ? x - square.speed * t : x
    const grain = 25 * Math.sin(0.5 * own + 0.2 * y) + 25 * Math.cos(0.35 * y - 0.15 * own)
    const [red, green, blue] = square?.colour ?? [110, 110, 110]
    out.set([red + grain, green + grain, blue + grain], 3 * i)
  }
  return out
}

/** An indexed PNG: the label is the index, whatever colour the palette gives it. */
export function palettePng(
  labels: Uint8Array,
  { height, width }: { height: number; width: number },
): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  // Two labels share a colour, so that nothing but the index tells them apart.
  const palette = Buffer.from([0, 0, 0, 128, 0, 0, 128, 0, 0, ...Array<number>(3 * 253).fill(7)])
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.concat([Buffer.from([0]), labels.subarray(y * width, (y + 1) * width)]),
  )
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, body: Buffer): Buffer {
  const head = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const framed = Buffer.alloc(head.length + 8)
  framed.writeUInt32BE(body.length, 0)
  head.copy(framed, 4)
  framed.writeUInt32BE(crc32(head), head.length + 4)
  return framed
}
