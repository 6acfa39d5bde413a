import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import {
  maskLayerSchema,
  maskRequestSchema,
  planesRequestSchema,
  type MaskLayer,
} from '#shared/contract/masks.ts'
import { flowOptionsSchema } from '#shared/contract/flow.ts'
import { frameIndexHeader, pictures } from '#shared/contract/pictures.ts'
import { READING } from '../base/reading.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { FramePicture } from '../video/decoder-protocol.ts'
import { VideoError } from '../video/video-error.ts'

/** Where the handler's pictures come from; every promise ends early when its signal aborts. */
export interface PictureSource {
  /** Absolute path of an indexed video. @throws WorkbenchError when there is no such video. */
  videoFile(id: number): string
  /** Absolute path of a run's strip of clips. @throws WorkbenchError when there is no such run. */
  stripFile(runId: number): string
  /** Its raster as WebP. */
  strip(runId: number): Promise<Bytes>
  /** Absolute path of what a run's method made after a step. @throws WorkbenchError for no such one. */
  madeFile(runId: number, step: number): string
  /** Pictures of a view that was shown. @throws WorkbenchError where they are no longer kept. */
  view(key: string, view: number): { file: string; png: Bytes }
  /** Absolute path of a picture of an evaluation. @throws WorkbenchError when there is no such one. */
  evaluationFile(id: number, name: string): string
  /** One frame as JPEG; its `index` is that of the frame really shown. */
  frame(file: string, request: FrameRequest, signal: AbortSignal): Promise<FramePicture>
  /** A small JPEG from the middle of the video. */
  thumbnail(file: string, signal: AbortSignal): Promise<Bytes>
  /** One layer of a clip's mask as PNG. */
  mask(
    file: string,
    request: z.output<typeof maskRequestSchema>,
    layer: MaskLayer,
    signal: AbortSignal,
  ): Promise<Bytes>
  /** The planes behind a clip's mask, as `encodePlanes` writes them. */
  planes(
    file: string,
    request: z.output<typeof planesRequestSchema>,
    signal: AbortSignal,
  ): Promise<Bytes>
  /** One piece of a video's flow, as `splitPiece` reads it. */
  flow(request: z.output<typeof flowQuery>, signal: AbortSignal): Promise<Bytes>
}
type Bytes = Uint8Array

export interface FrameRequest {
  index: number
  /** Pixels; left out for the video's own size. */
  width?: number | undefined
  /** The nearest frame to hand will do, where the one asked for takes longer. */
  near: boolean
}

interface Picture {
  type: 'image/jpeg' | 'image/png' | 'image/webp' | 'application/octet-stream'
  /** What the picture is made from. @throws WorkbenchError when there is no such thing. */
  file: () => string
  render: (file: string, signal: AbortSignal) => Promise<Bytes | FramePicture>
  /** May be kept: the same address gives the same picture while the file is the same. */
  lasting: boolean
}

const whole = z.string().regex(/^\d+$/, 'expected a whole number').pipe(z.coerce.number())
const thumbnailQuery = z.object({ videoId: whole })
const frameQuery = thumbnailQuery.extend({
  index: whole,
  width: whole.pipe(z.number().min(16).max(4096)).optional(),
  near: z.literal('1').optional(),
})
const flowQuery = flowOptionsSchema.extend({ videoId: whole, piece: whole })
const evaluationPath = new RegExp(`^${pictures.evaluation}/(\\d{1,15})/([a-z0-9-]+\\.png)$`)
const viewQuery = z.object({ key: z.string().regex(/^[0-9a-f]{24}$/), view: whole })
const stripQuery = z.object({ runId: whole, step: whole })
/** Seconds. A file that changes keeps its address, so pictures are asked for again now and then. */
const freshFor = 300

/**
 * Answers picture requests under `/media`, by ids of indexed videos, runs and evaluations. Faults become plain
 * text: 400 for a query that cannot be read, 404 for what there is not, 422 for a video that cannot
 * be decoded as asked.
 */
export function createMediaHandler(source: PictureSource) {
  return async (request: Request): Promise<Response> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return text(405, 'Only GET requests are answered here.')
    }
    const url = new URL(request.url)
    try {
      const picture = pictureAt(source, url)
      return picture ? await answer(picture, request, url) : text(404, 'There is no such picture.')
    } catch (error) {
      return failure(error, request.signal)
    }
  }
}

function pictureAt(source: PictureSource, url: URL): Picture | null {
  const query = Object.fromEntries(url.searchParams)
  const ofVideo = (id: number) => () => source.videoFile(id)
  if (url.pathname === pictures.frame) {
    const { videoId, near, ...frame } = frameQuery.parse(query)
    const wanted = { ...frame, near: near !== undefined }
    const render: Picture['render'] = (file, signal) => source.frame(file, wanted, signal)
    return { type: 'image/jpeg', file: ofVideo(videoId), render, lasting: !wanted.near }
  }
  if (url.pathname === pictures.thumbnail) {
    const { videoId } = thumbnailQuery.parse(query)
    const render: Picture['render'] = (file, signal) => source.thumbnail(file, signal)
    return { type: 'image/jpeg', file: ofVideo(videoId), render, lasting: true }
  }
  if (url.pathname === pictures.planes) {
    const wanted = planesRequestSchema.parse(query)
    const render: Picture['render'] = (file, signal) => source.planes(file, wanted, signal)
    const file = ofVideo(wanted.videoId)
    return { type: 'application/octet-stream', file, render, lasting: true }
  }
  if (url.pathname === pictures.flow) {
    const wanted = flowQuery.parse(query)
    const render: Picture['render'] = (_file, signal) => source.flow(wanted, signal)
    const file = ofVideo(wanted.videoId)
    return { type: 'application/octet-stream', file, render, lasting: true }
  }
  if (url.pathname === pictures.strip) {
    const { runId } = stripQuery.parse(query)
    const file = (): string => source.stripFile(runId)
    return { type: 'image/webp', file, render: () => source.strip(runId), lasting: true }
  }
  if (url.pathname === pictures.made) {
    const { runId, step } = stripQuery.parse(query)
    const file = (): string => source.madeFile(runId, step)
    return { type: 'image/png', file, render: (path) => readFile(path), lasting: true }
  }
  if (url.pathname === pictures.views) {
    const { key, view } = viewQuery.parse(query)
    const file = (): string => source.view(key, view).file
    const render = (): Promise<Bytes> => Promise.resolve(source.view(key, view).png)
    return { type: 'image/png', file, render, lasting: true }
  }
  return evaluationPicture(source, url) ?? maskPicture(source, url)
}

function evaluationPicture(source: PictureSource, url: URL): Picture | null {
  const [, id, name] = evaluationPath.exec(url.pathname) ?? []
  if (name === undefined) return null
  const file = (): string => source.evaluationFile(Number(id), name)
  return { type: 'image/png', file, render: (path) => readFile(path), lasting: true }
}

function maskPicture(source: PictureSource, url: URL): Picture | null {
  const query = Object.fromEntries(url.searchParams)
  const layer = maskLayerSchema.safeParse(url.pathname.slice(pictures.mask.length + 1))
  if (!url.pathname.startsWith(`${pictures.mask}/`) || !layer.success) return null
  const wanted = maskRequestSchema.parse(query)
  const render: Picture['render'] = (file, signal) => source.mask(file, wanted, layer.data, signal)
  const file = (): string => source.videoFile(wanted.videoId)
  return { type: 'image/png', file, render, lasting: true }
}

async function answer(picture: Picture, request: Request, url: URL): Promise<Response> {
  let file: string
  try {
    file = picture.file()
  } catch (error) {
    if (error instanceof WorkbenchError) return text(404, error.message)
    throw error
  }
  const headers = new Headers({ 'content-type': picture.type, 'cache-control': 'no-store' })
  if (picture.lasting) {
    headers.set('etag', await tagOf(file, url))
    headers.set('cache-control', `private, max-age=${freshFor}`)
    if (request.headers.get('if-none-match') === headers.get('etag')) {
      return new Response(null, { status: 304, headers })
    }
  }
  const rendered = await picture.render(file, request.signal)
  const isFrame = 'index' in rendered
  if (isFrame) {
    headers.set(frameIndexHeader, String(rendered.index))
    headers.set('access-control-expose-headers', frameIndexHeader)
  }
  const bytes = isFrame ? rendered.bytes : rendered
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { headers })
}

/** Changes whenever the file or the query does. */
async function tagOf(file: string, url: URL): Promise<string> {
  const { size, mtimeMs } = await stat(file).catch(() => {
    throw new WorkbenchError(`There is no file ${file}. Put it back, or index its folder again.`)
  })
  const parts = [url.pathname, url.search, file, size, mtimeMs, READING].join('\n')
  return `"${createHash('sha256').update(parts).digest('base64url').slice(0, 27)}"`
}

function failure(error: unknown, signal: AbortSignal): Response {
  // Nobody reads this answer: the one who asked has gone.
  if (signal.aborted) return text(499, 'The request was cancelled.')
  if (error instanceof z.ZodError) return text(400, z.prettifyError(error))
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof VideoError && error.kind === 'busy') return text(503, message)
  return text(error instanceof WorkbenchError ? 422 : 500, message)
}

function text(status: number, message: string): Response {
  return new Response(message, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  })
}
