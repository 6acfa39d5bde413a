import { open } from 'node:fs/promises'
import type { Pieces } from '../base/async/pieces.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'

/** Bytes read at once. */
const CHUNK = 64 * 1024
const NEWLINE = 0x0a

/**
 * The file of one evaluation's answers: in memory is only what they are filtered and sorted by, and
 * where each line begins, some 50 bytes a video.
 */
export class AnswerFile {
  /** Tells this file from another at the same path. */
  readonly identity: string
  /** One a line: true class, answer (-1 without one), its score, number of the video. */
  readonly truth: number[] = []
  readonly predicted: number[] = []
  readonly sureness: number[] = []
  readonly video: number[] = []
  private readonly path: string
  /** Where each line begins; the last is where the next will. */
  private readonly starts = [0]
  private reading: Promise<void> = Promise.resolve()

  constructor(path: string, identity: string) {
    this.path = path
    this.identity = identity
  }

  /** Lines so far. */
  get length(): number {
    return this.truth.length
  }

  /** Bytes of the lines so far. */
  get bytes(): number {
    return this.starts[this.length]
  }

  /** Takes in what the file has gained; a line that is not whole yet waits for the next time. */
  readOn(pieces: Pieces): Promise<void> {
    // One after the other: two would take the same lines in.
    this.reading = this.reading.catch(() => undefined).then(() => this.readAll(pieces))
    return this.reading
  }

  /** The lines at these places, read from the file. */
  async lines(places: ArrayLike<number>): Promise<PredictionLine[]> {
    const file = await open(this.path)
    try {
      const lines: PredictionLine[] = []
      for (const place of Array.from(places)) {
        const start = this.starts[place]
        const bytes = Buffer.alloc(this.starts[place + 1] - start)
        await file.read(bytes, 0, bytes.length, start)
        lines.push(JSON.parse(bytes.toString()) as PredictionLine)
      }
      return lines
    } finally {
      await file.close()
    }
  }

  private async readAll(pieces: Pieces): Promise<void> {
    const file = await open(this.path)
    try {
      let rest = Buffer.alloc(0)
      for (let at = this.bytes; ;) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, at)
        if (bytesRead === 0) return
        at += bytesRead
        rest = await this.takeLines(Buffer.concat([rest, buffer.subarray(0, bytesRead)]), pieces)
      }
    } finally {
      await file.close()
    }
  }

  /** @returns what follows the last whole line */
  private async takeLines(bytes: Buffer, pieces: Pieces): Promise<Buffer<ArrayBuffer>> {
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.take(JSON.parse(bytes.toString('utf8', from, end)) as PredictionLine)
      this.starts.push(this.starts[this.length - 1] + end + 1 - from)
      from = end + 1
      await pieces.pause()
    }
    return Buffer.from(bytes.subarray(from))
  }

  private take({ video, truth, top }: PredictionLine): void {
    const [predicted, sureness] = top[0] ?? [-1, 0]
    this.truth.push(truth)
    this.predicted.push(predicted)
    this.sureness.push(sureness)
    this.video.push(video)
  }
}
