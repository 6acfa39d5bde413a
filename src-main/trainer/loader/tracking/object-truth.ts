import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readIndices } from '../../../base/pictures/png-indices.ts'
import { readFrameSequence } from '../../../video/frame-sequence.ts'
import { VideoReader } from '../../../video/reader.ts'
import { trueMaskFile } from '../../../video/true-mask-file.ts'

/**
 * Label of pixels that count for nothing, which are background here, as in the code of DAVIS 2017.
 * Where there is no other label it is the one object, as in DAVIS 2016.
 */
const VOID = 255
/** Grey value above which a pixel of a true mask is foreground. */
const HALF = 127

/** Where the objects of a video are. */
export type TruthSource =
  /** A file a frame, from the first; a frame without one ends the list. */
  { kind: 'labels'; files: string[] } | { kind: 'mask'; file: string }

/** Labels of a video's frames, [T, H, W]: 0 is background. */
export interface ObjectTruth {
  frames: number
  height: number
  width: number
  data: Uint8Array
}

/**
 * Where the true objects of a video lie: in DAVIS's layout a PNG of labels a frame, in
 * `Annotations/...` for `JPEGImages/...`, under the number of the frame; else its true masks, see
 * `trueMaskFile`.
 * @param folder absolute folder of the data set
 * @param path of the video, relative to it, with forward slashes
 * @returns null where there are none
 */
export async function findTruth(folder: string, path: string): Promise<TruthSource | null> {
  const [first, ...rest] = path.split('/')
  if (first === 'JPEGImages') {
    const annotations = join(folder, 'Annotations', ...rest)
    const sequence = readFrameSequence(join(folder, path))
    if (sequence && existsSync(annotations)) {
      const files = filesFrom(annotations, sequence.first)
      if (files.length > 0) return { kind: 'labels', files }
    }
  }
  const file = await trueMaskFile(folder, path)
  return file === null ? null : { kind: 'mask', file }
}

/** The pictures under the numbers from `first` on, up to the first number without one. */
function filesFrom(folder: string, first: number): string[] {
  const names = readdirSync(folder).filter((name) => /^\d+\.png$/i.test(name))
  const byNumber = new Map(names.map((name) => [Number.parseInt(name, 10), name]))
  const files: string[] = []
  for (let number = first; byNumber.has(number); number++) {
    files.push(join(folder, byNumber.get(number)!))
  }
  return files
}

/**
 * Reads the labels of the first frames of a video.
 * @param most frames
 * @throws Error when fewer frames are labelled than there are, or their sizes differ; PictureError and
 *   VideoError for damaged files
 */
export async function readTruth(source: TruthSource, most: number): Promise<ObjectTruth> {
  return source.kind === 'mask' ? readMasks(source.file, most) : await readLabelled(source, most)
}

async function readLabelled(
  { files }: { files: readonly string[] },
  most: number,
): Promise<ObjectTruth> {
  if (files.length < most) {
    throw new Error(
      `only the first ${files.length} of its ${most} frames have labels one after the other; ` +
        'scores need labels of every frame',
    )
  }
  const first = await readIndices(files[0])
  const { height, width } = first
  const isBinary = first.data.every((label) => label === 0 || label === VOID)
  const data = new Uint8Array(most * height * width)
  for (let t = 0; t < most; t++) {
    const picture = t === 0 ? first : await readIndices(files[t])
    if (picture.height !== height || picture.width !== width) {
      throw new Error(`${files[t]} has another size than the labels of the first frame`)
    }
    data.set(picture.data, t * height * width)
  }
  for (let i = 0; i < data.length; i++) if (data[i] === VOID) data[i] = isBinary ? 1 : 0
  return { frames: most, height, width, data }
}

function readMasks(file: string, most: number): ObjectTruth {
  const reader = VideoReader.open(file)
  try {
    const { frames, height, width, data } = reader.readAll({ maxFrames: most })
    if (frames < most) throw new Error(`only ${frames} of its ${most} frames have a true mask`)
    const labels = Uint8Array.from({ length: frames * height * width }, (_, i) =>
      Number(data[3 * i] > HALF),
    )
    return { frames, height, width, data: labels }
  } finally {
    reader.close()
  }
}
