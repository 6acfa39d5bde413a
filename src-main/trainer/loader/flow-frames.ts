import { readFileSync, statSync, utimesSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { flowPicture } from '#shared/flow/bytes.ts'
import { flowSize } from '#shared/flow/flow-size.ts'
import { fieldBytes, pieceAt, type FlowPiece } from '#shared/flow/piece.ts'
import type { DiskCache } from '../../base/files/disk-cache.ts'
import { flowCache, pieceName, type FlowVideo } from '../../flow/flow-cache.ts'
import { computePiece, readPiece } from '../../flow/flow-piece.ts'
import type { FlowPieceRequest } from '../../flow/jobs/flow-protocol.ts'
import { contentHash } from '../../video/content-hash.ts'
import type { UsePicture } from '../../video/frame-picker.ts'
import { VideoReader } from '../../video/reader.ts'
import { VideoError } from '../../video/video-error.ts'

/** How a run's flow is computed. */
export type FlowChoice = Pick<PretrainConfig, 'flowAlgorithm' | 'flowSize'>

/** Bytes of pieces that a thread keeps in memory. */
const PIECE_BYTES = 128e6
/** Videos whose size and content a thread remembers. */
const VIDEOS = 100_000

/** Gives a piece by its number; the reader is opened only where it must be computed. */
type PieceOf = (piece: number, reader: () => VideoReader) => FlowPiece

interface KnownVideo {
  /** Changes when the file does. */
  version: string
  hash: string
  /** Pixels of the video. */
  width: number
  height: number
}

/** The flow of videos for one loader thread: from memory, from disk, or computed and then kept. */
export class FlowStore {
  private readonly disk: DiskCache | null
  private readonly pieces = new LRUCache<string, FlowPiece>({
    maxSize: PIECE_BYTES,
    sizeCalculation: ({ fields }) => Math.max(1, fields.length),
  })
  private readonly known = new LRUCache<string, KnownVideo>({ max: VIDEOS })

  /** @param folder absolute; null keeps nothing on disk */
  constructor(folder: string | null) {
    this.disk = folder === null ? null : flowCache(folder)
  }

  /**
   * The flow of a video of so many frames as pictures.
   * @throws VideoError when the file cannot be opened
   */
  open(path: string, frames: number, choice: FlowChoice): FlowFrames {
    const video = this.look(path)
    const { flowAlgorithm: algorithm, flowSize: size } = choice
    const pieceOf: PieceOf = (piece, reader) =>
      this.piece({ path, hash: video.hash }, { algorithm, size, piece }, reader)
    return new FlowFrames(path, frames, flowSize(video, size), pieceOf)
  }

  private piece(video: FlowVideo, request: FlowPieceRequest, reader: () => VideoReader): FlowPiece {
    const name = pieceName(video, request)
    const kept = this.pieces.get(name) ?? this.fromDisk(name)
    const piece = kept ?? this.compute(name, request, reader())
    this.pieces.set(name, piece)
    return piece
  }

  private fromDisk(name: string): FlowPiece | null {
    if (!this.disk) return null
    const file = this.disk.pathOf(name)
    try {
      const piece = readPiece(readFileSync(file))
      const now = new Date()
      utimesSync(file, now, now)
      return piece
    } catch {
      // It is not there, or a disk has damaged it: it is computed, to the same bytes.
      return null
    }
  }

  private compute(name: string, request: FlowPieceRequest, reader: VideoReader): FlowPiece {
    const steps = computePiece(reader, request)
    for (;;) {
      const step = steps.next()
      if (!step.done) continue
      // The clip need not wait for the disk.
      void this.disk?.put(name, step.value)
      return readPiece(step.value)
    }
  }

  private look(path: string): KnownVideo {
    const { size, mtimeMs } = statSync(path)
    const version = `${size} ${mtimeMs}`
    const known = this.known.get(path)
    if (known?.version === version) return known
    const reader = VideoReader.open(path)
    try {
      const { width, height } = reader.info
      const video = { version, hash: contentHash(path, size), width, height }
      this.known.set(path, video)
      return video
    } finally {
      reader.close()
    }
  }
}

/** The flow fields of one video as pictures of u, v and a constant, by the frames that they begin at. */
export class FlowFrames {
  /** Fields: one fewer than frames. */
  readonly length: number
  readonly width: number
  readonly height: number
  private readonly path: string
  private readonly pieceOf: PieceOf
  private reader: VideoReader | null = null

  /** @param frames of the video */
  constructor(
    path: string,
    frames: number,
    { width, height }: { width: number; height: number },
    pieceOf: PieceOf,
  ) {
    this.path = path
    this.length = frames - 1
    this.width = width
    this.height = height
    this.pieceOf = pieceOf
  }

  /**
   * Hands each of the fields to `use`, each once or, the same, again.
   * @throws VideoError out-of-range for a frame that no other follows, and as `VideoReader`
   */
  visit(indices: readonly number[], use: UsePicture): void {
    const { width, height } = this
    for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
      const piece = this.pieceOf(pieceAt(index), () => this.opened())
      const at = index - piece.from
      if (at >= piece.pairs) {
        throw new VideoError('out-of-range', `No frame follows frame ${index}, so it has no flow.`)
      }
      const data = flowPicture(piece.fields, width * height, fieldBytes({ ...piece, pairs: at }))
      use(index, { data, frames: 1, rowBytes: width * 3, width, height })
    }
  }

  close(): void {
    this.reader?.close()
    this.reader = null
  }

  private opened(): VideoReader {
    this.reader ??= VideoReader.open(this.path, { scrub: true })
    return this.reader
  }
}
