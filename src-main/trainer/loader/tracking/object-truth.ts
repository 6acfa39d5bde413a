import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIndices } from '../../../masks/formats/png-indices.ts'
import { trueMaskFile } from '../../../video/true-mask-file.ts'
import { VideoReader } from '../../../video/reader.ts'

/** Label of pixels that count for nothing; they are background here, as in DAVIS's code. */
const VOID = 255
/** Grey value above which a pixel of a true mask is foreground. */
const HALF = 127

/** Where the objects of a video are. */
export type TruthSource = { kind: 'labels'; files: string[] } | { kind: 'mask'; file: string }

/** Labels of a video's frames, [T, H, W]: 0 is background. */
export interface ObjectTruth {
  frames: number
  height: number
  width: number
  data: Uint8Array
}

/**
 * Where the true objects of a video lie: in DAVIS's layout a PNG of labels a frame, in
 * `Annotations/...` for `JPEGImages/...`; else its true masks, see `trueMaskFile`.
 * @param folder absolute folder of the data set
 * @param path of the video, relative to it, with forward slashes
 * @returns null where there are none
 */
export async function findTruth(folder: string, path: string): Promise<TruthSource | null> {
  const [first, ...rest] = path.split('/')
  if (first === 'JPEGImages') {
    const annotations = join(folder, 'Annotations', ...rest)
    const names = await readdir(annotations).catch(() => [])
    const files = names.filter((name) => /^\d+\.png$/i.test(name)).sort()
    if (files.length > 0) {
      return { kind: 'labels', files: files.map((name) => join(annotations, name)) }
    }
  }
  const file = await trueMaskFile(folder, path)
  return file === null ? null : { kind: 'mask', file }
}

/**
 * Reads the labels of the first frames of a video.
 * @param most frames
 * @throws Error when fewer frames are labelled than there are, or their sizes differ; MaskError and
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
      `only ${files.length} of its ${most} frames have labels; scores need labels of every frame`,
    )
  }
  const first = await readIndices(files[0])
  const { height, width } = first
  const data = new Uint8Array(most * height * width)
  for (let t = 0; t < most; t++) {
    const picture = t === 0 ? first : await readIndices(files[t])
    if (picture.height !== height || picture.width !== width) {
      throw new Error(`${files[t]} has another size than the labels of the first frame`)
    }
    data.set(picture.data, t * height * width)
  }
  return { frames: most, height, width, data: data.map((label) => (label === VOID ? 0 : label)) }
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
