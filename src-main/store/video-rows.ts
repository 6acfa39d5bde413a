import type { Video } from '#shared/contract/videos.ts'

type Detail =
  | 'headerFrames'
  | 'verified'
  | 'variableRate'
  | 'pixelFormat'
  | 'colours'
  | 'rotation'
  | 'mirrored'
  | 'errorKind'

/** A row to write. */
export type IndexedVideo = Omit<Video, 'id' | 'datasetId' | Detail> &
  Partial<Pick<Video, Detail>> & {
    /** The file's time of last change, in ms since 1970. */
    modified: number | null
    /** Tells files of different content apart, wherever they lie. */
    hash?: string | null
    /** Path of the row that this file is now: it keeps its id, and what hangs on that. */
    movedFrom?: string
  }

/** What of a stored row decides whether its file must be read again. */
export type KnownVideo = Pick<
  Video,
  'id' | 'path' | 'class' | 'split' | 'size' | 'error' | 'errorKind' | 'verified'
> & { modified: number | null; hash: string | null; reading: number }

/** A file by what the index knows of it. */
export interface VideoIdentity {
  /** Of the content; null for a row of before. */
  hash: string | null
  /** Bytes. */
  size: number | null
  /** The file's time of last change, in ms since 1970. */
  modified: number | null
  /** Version of the rules by which it was read; see `READING`. */
  reading: number
}

/** A row that was made by older rules than today's. */
export type OutdatedVideo = Pick<Video, 'id' | 'path' | 'size'> &
  Pick<VideoIdentity, 'hash' | 'modified'> & {
    /** Absolute folder of its data set. */
    folder: string
  }

/** What is selected of a row to make a `Video` of it. */
export const COLUMNS = `id, dataset_id AS datasetId, path, class, split, frames, fps, width, height,
  duration, size, codec, error, header_frames AS headerFrames, verified,
  variable_rate AS variableRate, pixel_format AS pixelFormat, colours, rotation, mirrored,
  error_kind AS errorKind`

/** Where a file stands in its data set. */
export type Placement = Pick<Video, 'path' | 'class' | 'split'>

/** Writes a row, or over the one at its path. */
export const UPSERT = `
  INSERT INTO videos (dataset_id, path, class, split, frames, fps, width, height, duration, size,
    codec, error, modified, header_frames, verified, variable_rate, pixel_format, colours, rotation,
    mirrored, error_kind, hash, reading)
  VALUES (:datasetId, :path, :class, :split, :frames, :fps, :width, :height, :duration, :size,
    :codec, :error, :modified, :headerFrames, :verified, :variableRate, :pixelFormat, :colours,
    :rotation, :mirrored, :errorKind, :hash, :reading)
  ON CONFLICT (dataset_id, path) DO UPDATE SET
    class = excluded.class, split = excluded.split, frames = excluded.frames, fps = excluded.fps,
    width = excluded.width, height = excluded.height, duration = excluded.duration,
    size = excluded.size, codec = excluded.codec, error = excluded.error,
    modified = excluded.modified, header_frames = excluded.header_frames,
    verified = excluded.verified, variable_rate = excluded.variable_rate,
    pixel_format = excluded.pixel_format, colours = excluded.colours,
    rotation = ifnull(excluded.rotation, rotation), mirrored = ifnull(excluded.mirrored, mirrored),
    reading = excluded.reading, error_kind = excluded.error_kind, hash = excluded.hash`

/** What is not known of a row whose file could not be read. */
export const noDetails = {
  headerFrames: null,
  pixelFormat: null,
  colours: null,
  rotation: null,
  errorKind: null,
  hash: null,
}

/** A row as SQLite gives it, which knows no booleans. */
export type Stored<T extends Pick<Video, 'verified'>> = Omit<T, 'verified'> & { verified: number }
type Flag = 'variableRate' | 'mirrored'
export type VideoRow = Omit<Stored<Video>, Flag> & Record<Flag, number | null>

export function toVideo({ verified, variableRate, mirrored, ...row }: VideoRow): Video {
  return {
    ...row,
    verified: verified !== 0,
    variableRate: fromFlag(variableRate),
    mirrored: fromFlag(mirrored),
  }
}

function fromFlag(value: number | null): boolean | null {
  return value === null ? null : value !== 0
}

export function toFlag(value: boolean | null): number | null {
  return value === null ? null : Number(value)
}
