import { readFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { frameIndexHeader, pictures } from '#shared/contract/pictures.ts'
import { Rng } from '#shared/random/rng.ts'
import { DecoderPool } from '../../video/decoder-pool.ts'
import { createMediaHandler } from '../../media/handler.ts'

/** Milliseconds. */
export interface Latency {
  requests: number
  p50: number
  p95: number
  max: number
}

export interface ScrubBench {
  file: string
  frames: number
  /** Pixels of the pictures. */
  width: number
  /** From a move of the hand to a picture, of that frame or of one near it. */
  first: Latency
  /** From where the hand rests to the picture of just that frame. */
  exact: Latency
  /** Frames by which the first picture was off, in the median. */
  off: number
  /** The first picture of all, for which the video is opened and its packets are read. */
  opening: number
  /** Largest resident size of each decoder process in bytes; null where the system does not tell. */
  decoderMemory: (number | null)[]
  cpu: string
  cores: number
  /** Processes that wanted to run on average over the last minute, when it began and ended. */
  load: [number, number]
  node: string
}

/** Moves of the hand a second. */
const RATE = 60
/** Moves in a row before the hand rests. */
const STRETCH = 40
const STRETCHES = 24

type Media = (request: Request) => Promise<Response>

/**
 * Drags to and fro through a video as a page does: it asks for one near picture after another, and
 * where the hand still is when that has come for the exact one, which the next move drops.
 * @param width pixels of the pictures
 * @throws VideoError when the video cannot be read
 */
export async function benchScrub(file: string, width: number): Promise<ScrubBench> {
  const decoders = new DecoderPool()
  try {
    const { frames, error } = await decoders.probe(file, { timeout: 600_000 })
    if (!frames) throw new Error(`${file} has no frames to show: ${error}`)
    const [load] = loadavg() as [number]
    const drag = new Drag(mediaOf(decoders, file), width)
    const opening = await drag.look(Math.floor(frames / 2))
    for (const stretch of movement(frames)) await drag.along(stretch)
    return {
      file,
      frames,
      width,
      ...drag.result(),
      opening,
      decoderMemory: await Promise.all(decoders.pids.map(peakMemory)),
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      load: [load, loadavg()[0]],
      node: process.versions.node,
    }
  } finally {
    decoders.close()
  }
}

function mediaOf(decoders: DecoderPool, file: string): Media {
  const none = () => Promise.reject(new Error('Only frames are asked for.'))
  return createMediaHandler({
    videoFile: () => file,
    frame: (_, { index, ...options }, signal) =>
      decoders.frameJpeg(file, index, { ...options, signal }),
    thumbnail: none,
    mask: none,
    planes: none,
    flow: none,
    stripFile: () => file,
    madeFile: () => file,
    strip: none,
    evaluationFile: () => file,
    view: () => ({ file, png: new Uint8Array() }),
  })
}

/** Stretches of frames: long sweeps, slow drags and jumps, forwards and backwards. */
function movement(frames: number): number[][] {
  const rng = new Rng(1)
  const last = frames - 1
  return Array.from({ length: STRETCHES }, (_, i) => {
    const from = rng.int(frames)
    // Sweep to anywhere, drag over 2 s of video, jump about.
    const to = i % 3 === 0 ? rng.int(frames) : from + (rng.chance(0.5) ? 50 : -50)
    return Array.from({ length: STRETCH }, (_, move) => {
      if (i % 3 === 2) return rng.int(frames)
      const index = Math.round(from + ((to - from) * move) / (STRETCH - 1))
      return Math.min(last, Math.max(0, index))
    })
  })
}

/** A hand on the timeline, and what it waited for. */
class Drag {
  private readonly media: Media
  private readonly width: number
  private readonly first: number[] = []
  private readonly exact: number[] = []
  private readonly off: number[] = []
  /** When the hand made the moves that no picture has answered yet. */
  private moves: number[] = []
  private at = 0
  private looking: Promise<void> | null = null
  private wanted = new AbortController()

  constructor(media: Media, width: number) {
    this.media = media
    this.width = width
  }

  /** Moves along frames at the hand's rate, then rests on the last until its picture is there. */
  async along(indices: readonly number[]): Promise<void> {
    const started = performance.now()
    for (const [move, index] of indices.entries()) {
      await sleep(Math.max(0, started + (move * 1000) / RATE - performance.now()))
      this.moves.push(performance.now())
      this.at = index
      this.wanted.abort()
      this.wanted = new AbortController()
      this.looking ??= this.follow()
    }
    const rested = performance.now()
    await this.ask(this.at, false, this.wanted.signal)
    this.exact.push(performance.now() - rested)
    await this.looking
  }

  /** Milliseconds to a near picture. */
  async look(index: number): Promise<number> {
    const started = performance.now()
    this.off.push(Math.abs((await this.ask(index, true)) - index))
    return performance.now() - started
  }

  result(): Pick<ScrubBench, 'first' | 'exact' | 'off'> {
    const off = this.off.toSorted((a, b) => a - b)
    return {
      first: latency(this.first),
      exact: latency(this.exact),
      off: off[off.length >> 1] ?? 0,
    }
  }

  /** One near picture after another as long as the hand moves, each of where it is then. */
  private async follow(): Promise<void> {
    while (this.moves.length > 0) {
      const { moves, at, wanted } = this
      this.moves = []
      await this.look(at)
      const shown = performance.now()
      this.first.push(...moves.map((moved) => shown - moved))
      // Its answer is not waited for: the hand may go on.
      if (!wanted.signal.aborted) void this.ask(at, false, wanted.signal)
    }
    this.looking = null
  }

  /** Returns the number of the frame that came; that asked for where nobody waits any more. */
  private async ask(index: number, near: boolean, signal?: AbortSignal): Promise<number> {
    const query = new URLSearchParams({ videoId: '1', index: `${index}`, width: `${this.width}` })
    if (near) query.set('near', '1')
    const url = `http://localhost${pictures.frame}?${query}`
    const response = await this.media(new Request(url, signal ? { signal } : {}))
    const bytes = await response.arrayBuffer()
    if (signal?.aborted) return index
    if (!response.ok) throw new Error(Buffer.from(bytes).toString())
    return Number(response.headers.get(frameIndexHeader))
  }
}

function latency(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0
  return { requests: times.length, p50: at(0.5), p95: at(0.95), max: at(1) }
}

/** Linux tells. */
async function peakMemory(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}
