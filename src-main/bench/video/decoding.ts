import { cpus, loadavg } from 'node:os'
import { basename } from 'node:path'
import { FramePicker } from '../../video/frame-picker.ts'
import { FrameSource } from '../../video/frame-source.ts'
import { RgbConverter } from '../../video/rgb-converter.ts'

/** Frames for each second of processor time, which is that of one core. */
export interface DecodeBenchRow {
  file: string
  width: number
  height: number
  codec: string
  frames: number
  /** One after another, as the decoder gives them. */
  decoded: number
  /** The same, each converted to RGB. */
  converted: number
  /** Exact frames anywhere in the video, as RGB; the plan is read first, and counts. */
  random: number
}

export interface DecodeBench {
  rows: DecodeBenchRow[]
  cpu: string
  cores: number
  /** Processes that wanted to run on average over the last minute, when it began and ended. */
  load: [number, number]
  node: string
}

/** Frames that are read anywhere. */
const JUMPS = 40
/** Numbers that follow each other like this are all over a video. */
const STEP = 7919

/**
 * Times decoding on one core: each file from start to end, and frames all over it.
 * @throws VideoError when a file cannot be read
 */
export function benchDecode(paths: readonly string[]): DecodeBench {
  const before = loadavg()[0]
  const rows = paths.map((path) => timeFile(path))
  return {
    rows,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: [before, loadavg()[0]],
    node: process.versions.node,
  }
}

function timeFile(path: string): DecodeBenchRow {
  const info = open(path, (source) => source.info)
  const { width, height, codec } = info
  const converter = new RgbConverter(info, info)
  const through = (convert: boolean) => () =>
    open(path, (source) => {
      let frames = 0
      for (let frame = source.next(); frame; frame = source.next()) {
        if (convert) converter.picture(frame)
        frames++
      }
      return frames
    })
  const frames = through(true)()
  const row = {
    file: basename(path),
    width,
    height,
    codec,
    frames,
    decoded: rate(through(false)),
    converted: rate(through(true)),
    random: rate(() => jumpAbout(path, frames)),
  }
  converter.close()
  return row
}

function open<T>(path: string, use: (source: FrameSource) => T): T {
  const source = new FrameSource(path)
  try {
    return use(source)
  } finally {
    source.close()
  }
}

function jumpAbout(path: string, frames: number): number {
  const picker = new FramePicker(path, { patience: 0 })
  for (let i = 1; i <= JUMPS; i++) picker.pick([(i * STEP) % frames], () => undefined)
  picker.close()
  return JUMPS
}

/** @param work returns the number of frames it has read */
function rate(work: () => number): number {
  const before = process.cpuUsage()
  const frames = work()
  const { user, system } = process.cpuUsage(before)
  return frames / ((user + system) / 1e6)
}
