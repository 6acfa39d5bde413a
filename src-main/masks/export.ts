import { holdsPictures, type ExportEvent, type ExportMasks } from '#shared/contract/mask-files.ts'
import { unpackFrames } from '#shared/masks/frame-masks.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { Pieces } from '../base/async/pieces.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { VideoError } from '../video/video-error.ts'
import type { LeavingWindow } from '../store/mask-transfer.ts'
import type { Store } from '../store/store.ts'
import { maskFormat } from './formats/formats.ts'
import { toFrameRecords, type FrameRecord } from './formats/frame-records.ts'
import type { MaskRecord, MaskWriter } from './formats/record.ts'
import { explainWriting, StagedOutput } from '../base/files/staged-output.ts'

/** Time between two words of progress, in ms. */
const PROGRESS = 100

/** JPEG of a frame of an indexed video. @throws VideoError when it cannot be read */
export type PictureOf = (videoId: number, frame: number) => Promise<Uint8Array>

/**
 * Writes masks and decisions to a file or a folder, window by window; ends after `done`, or without
 * it when `signal` aborts. What was begun is taken away when it does not come to its end.
 * @param request `out` absolute
 * @param pictureOf gives the frames, where they are asked for
 * @throws WorkbenchError when it cannot be written or is there already
 */
export async function* exportMasks(
  request: ExportMasks,
  store: Store,
  signal?: AbortSignal,
  pictureOf?: PictureOf,
): AsyncGenerator<ExportEvent, void, undefined> {
  const { out, format } = request
  const isPictured = request.pictures === true && holdsPictures(format)
  const read = isPictured ? pictureOf : undefined
  let staged: StagedOutput | null = null
  let writer: MaskWriter | null = null
  try {
    staged = await StagedOutput.begin(out)
    writer = await (await maskFormat(format)).create(staged.part)
    const counts = { windows: 0, leftOut: 0 }
    for await (const { record, videoId, ...progress } of records(request, store)) {
      if (signal?.aborted) return
      if (!record) {
        yield { type: 'progress', ...progress }
        continue
      }
      const picture = read && ((frame: number) => pictured(record, read(videoId, frame), signal))
      counts[(await writer.write(record, picture)) ? 'windows' : 'leftOut']++
    }
    await writer.end()
    // The project has the masks as well, so their content is left to the system to flush.
    await staged.keep('name')
    yield { type: 'done', out, ...counts }
  } catch (error) {
    if (signal?.aborted) return
    throw explainWriting(error, out)
  } finally {
    await writer?.abort()
    await staged?.drop()
  }
}

/** A frame of a clip, or why there is none. @throws WorkbenchError; the signal's reason when it aborts */
async function pictured(
  { path }: MaskRecord,
  picture: Promise<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    const bytes = await picture
    signal?.throwIfAborted()
    return bytes
  } catch (error) {
    if (!(error instanceof VideoError)) throw error
    throw new WorkbenchError(
      `The frames of ${path} cannot be read: ${error.message} Repair the video, or export without frames.`,
    )
  }
}

/** How far it is, and where there is one the next window. */
interface ExportPiece {
  record: MaskRecord | null
  videoId: number
  done: number
  total: number
}

/** The windows that were asked for, and between them how far it is. */
async function* records(
  { datasetId, states }: ExportMasks,
  { datasets, maskTransfer }: Store,
): AsyncGenerator<ExportPiece, void, undefined> {
  const names = datasetNames(datasetId === undefined ? datasets.list() : [datasets.get(datasetId)])
  const total = maskTransfer.count()
  const pieces = new Pieces()
  let done = 0
  let told = performance.now()
  for (const page of maskTransfer.ids()) {
    for (const id of page) {
      await pieces.pause()
      const window = maskTransfer.leaving(id)
      done++
      const dataset = window && names.get(window.datasetId)
      if (!window || dataset === undefined || dataset === null) continue
      if (states && !states.includes(window.state)) continue
      const { videoId } = window
      yield { record: recordOf(window, dataset), videoId, done, total }
      if (performance.now() - told < PROGRESS) continue
      told = performance.now()
      yield { record: null, videoId, done, total }
    }
  }
}

/** Names that tell data sets apart: two of one name get their numbers too. */
function datasetNames(datasets: readonly { id: number; name: string }[]): Map<number, string> {
  const count = (name: string) => datasets.filter((dataset) => dataset.name === name).length
  return new Map(datasets.map(({ id, name }) => [id, count(name) === 1 ? name : `${name} (${id})`]))
}

function recordOf(window: LeavingWindow, dataset: string): MaskRecord {
  const { path, class: name, length, start, frames, stride, width, height } = window
  const { state, notes, beta, author, changedAt, origin, fame, mask } = window
  const byFrame = framesOf(window)
  return {
    dataset,
    path,
    class: name,
    length,
    start,
    frames,
    stride,
    width,
    height,
    state,
    notes,
    beta,
    author,
    changedAt,
    origin,
    fame: fame && unpackRuns(fame),
    mask: mask && unpackRuns(mask),
    ...(byFrame.length > 0 && { byFrame }),
  }
}

/** Masks of frames' own; damaged ones are left out, and cost the window nothing else. */
function framesOf({ frames, width, height, framesPacked }: LeavingWindow): FrameRecord[] {
  try {
    const pixels = (width ?? 0) * (height ?? 0)
    return toFrameRecords(unpackFrames(framesPacked, { frames, pixels }))
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return []
  }
}
