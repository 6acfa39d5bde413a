import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { flowDescriptors } from '#shared/flow/names.ts'
import { DiskCache } from '../base/files/disk-cache.ts'
import { READING } from '../base/reading.ts'
import { VideoError } from '../video/video-error.ts'
import type { FlowPieceRequest } from './jobs/flow-protocol.ts'

/** Bytes of flow that a project keeps, unless `FAME_FLOW_CACHE` gives another number of gigabytes. */
const LIMIT = 16e9

/** Whose flow it is. */
export interface FlowVideo {
  /** Absolute. */
  path: string
  /** Of its content, as the index has it; null where it has none. */
  hash: string | null
}

/** Stored pieces of flow in a folder that hosts and loader threads share. */
export function flowCache(folder: string, environment: NodeJS.ProcessEnv = process.env): DiskCache {
  const gigabytes = Number(environment.FAME_FLOW_CACHE)
  return new DiskCache(folder, gigabytes > 0 ? gigabytes * 1e9 : LIMIT, { shared: true })
}

/**
 * The name of a piece: by content where the index knows it, so that a file that moves keeps its flow,
 * by the algorithm, its version and size, and by the rules by which videos are read.
 * @throws VideoError when there is no such file
 */
export function pieceName(video: FlowVideo, request: FlowPieceRequest): string {
  const stats = statSync(video.path, { throwIfNoEntry: false })
  if (!stats) {
    throw new VideoError(
      'unreadable',
      `There is no file ${video.path}. Put it back, or index its folder again.`,
    )
  }
  const content =
    video.hash === null ? [video.path, stats.size, stats.mtimeMs] : [video.hash, stats.size]
  const { algorithm, size, piece } = request
  const { version } = flowDescriptors[algorithm]
  const key = JSON.stringify([content, algorithm, version, size, READING])
  const name = createHash('sha256').update(key).digest('hex').slice(0, 40)
  return join(name.slice(0, 2), `${name}-${piece}.flow`)
}
