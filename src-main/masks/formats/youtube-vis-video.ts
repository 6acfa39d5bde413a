import { z } from 'zod'
import { MaskError } from '#shared/masks/mask.ts'
import { clipWindowSchema, type ClipWindow } from '#shared/contract/mask-windows.ts'

export const idSchema = z.union([z.number(), z.string().max(4096)])

export const videoSchema = z.object({
  id: idSchema,
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  length: z.number().int().min(1).nullish(),
  file_names: z.array(z.string()).optional(),
  fame_workbench: z.object({ dataset: z.string().nullable(), path: z.string() }).optional(),
})

/** A video as a file describes it. */
export interface Video {
  dataset: string | null
  path: string
  width: number
  height: number
  /** Frames that the file lists; null where it does not say. */
  listed: number | null
  /** The number of each listed frame in the video; null where names have none: the place counts. */
  numbers: readonly number[] | null
  /** Names count from 1, and frames from 0. */
  fromOne: boolean
}

/** @throws MaskError when it names no video, or contradicts itself */
export function videoOf(data: z.infer<typeof videoSchema>): Video {
  const { width, height, fame_workbench: own, file_names: names = [] } = data
  const listed = data.length ?? (names.length > 0 ? names.length : null)
  // Others name a video by the folder of its frames.
  const path = own?.path ?? names[0]?.replace(/\/[^/]*$/, '')
  if (!path) throw new MaskError('It has no file_names, so it names no video.')
  if (names.length > 0 && names.length !== listed) {
    throw new MaskError(`It has the length ${listed} and ${names.length} file_names. Correct one.`)
  }
  const shared = { dataset: own?.dataset ?? null, path, width, height, listed }
  if (own) return { ...shared, numbers: null, fromOne: false }
  const found = frameNumbers(names)
  const fromOne = found?.[0] === 1 && found.at(-1) === found.length
  return { ...shared, numbers: fromOne ? found.map((n) => n - 1) : found, fromOne }
}

/** The last number in each name; null unless all have one and they ascend. */
function frameNumbers(names: readonly string[]): number[] | null {
  const found = names.map((name) => Number(/(\d+)\D*$/.exec(stemOf(name))?.[1] ?? NaN))
  const ascends = found.every((n, i) => Number.isSafeInteger(n) && (i === 0 || n > found[i - 1]))
  return found.length > 0 && ascends ? found : null
}

/** `a/frame_00005.jpg`: `frame_00005`. */
function stemOf(name: string): string {
  return name.replace(/^.*[/\\]/s, '').replace(/\.[^.]*$/, '')
}

/** Are all frames from the first to the last listed? Then there must be as many as in the video. */
export function listsAll({ numbers }: Video): boolean {
  return numbers === null || numbers[numbers.length - 1] - numbers[0] + 1 === numbers.length
}

/**
 * The clip that covers some listed frames.
 * @param places of the frames in the list, ascending
 * @throws MaskError when it would have too few or too many frames, or its stride is too large
 */
export function windowAt(
  places: readonly number[],
  { numbers }: Video,
): Omit<ClipWindow, 'videoId'> {
  const frames = numbers ? places.map((place) => numbers[place]) : places
  if (frames.length < 2) {
    throw new MaskError(
      'It has a mask for only one frame; a clip has at least 2 frames. Add another.',
    )
  }
  const stride = frames.slice(1).reduce((divisor, frame, i) => gcd(divisor, frame - frames[i]), 0)
  const window = {
    start: frames[0],
    frames: (frames[frames.length - 1] - frames[0]) / stride + 1,
    stride,
  }
  const { success } = clipWindowSchema.omit({ videoId: true }).safeParse(window)
  if (success) return window
  throw new MaskError(
    `Its masks span ${window.frames} frames at a stride of ${stride}; a clip has at most 128 frames ` +
      'at a stride of at most 32. Split the annotation by frames.',
  )
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
