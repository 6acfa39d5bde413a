import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { writeAtomicSync } from '../../base/files/atomic-write.ts'
import { withPresentNames } from './old-names.ts'
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from './safetensors.ts'

/** One line of the manifest. */
interface ManifestEntry {
  step: number
  file: string
  bytes: number
  sha256: string
  /** What the best is told by, the less the better; left out where nothing was measured. */
  score?: number
}

export interface KeepOptions {
  /** How many of the newest are kept. Default 2: the newest and the one before it. */
  keep?: number
  /** The one with the least score is kept as well. */
  score?: number
  /** Scores of steps before this one do not count: older workbenches gave them too early. */
  scoresFrom?: number
}

export interface LoadedCheckpoint extends SafetensorsFile {
  step: number
  file: string
  /** What was wrong with newer checkpoints that had to be passed over. */
  warnings: string[]
}

/** The folder of a run's checkpoints. */
export function checkpointFolder(runFolder: string): string {
  return join(runFolder, 'checkpoints')
}

/**
 * Writes a checkpoint so that a crash at any moment leaves the previous one whole: temporary file,
 * fsync, rename, fsync of the folder, then the manifest with its hash in the same way.
 * @returns the absolute path written
 * @throws Error when it cannot be written, for example when the disk is full; older ones stay.
 */
export function saveCheckpoint(
  runFolder: string,
  step: number,
  content: SafetensorsFile,
  options: KeepOptions = {},
): string {
  const folder = checkpointFolder(runFolder)
  try {
    return writeCheckpoint(folder, step, content, options)
  } catch (error) {
    throw new Error(
      `The checkpoint of step ${step} cannot be written to ${folder} (${(error as Error).message}). ` +
        'Free disk space or make the folder writable. The previous checkpoint is undamaged.',
      { cause: error },
    )
  }
}

function writeCheckpoint(
  folder: string,
  step: number,
  content: SafetensorsFile,
  { keep = 2, score, scoresFrom = 0 }: KeepOptions,
): string {
  mkdirSync(folder, { recursive: true })
  const bytes = encodeSafetensors(content)
  const file = `step-${String(step).padStart(8, '0')}.safetensors`
  writeAtomicSync(join(folder, file), bytes, { flush: 'all' })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  // After going on from an older checkpoint, what lies ahead of it is what could not be read.
  const older = readManifest(folder)
    .filter((entry) => entry.step < step)
    .map((entry) => (entry.step < scoresFrom ? { ...entry, score: undefined } : entry))
  const written = { step, file, bytes: bytes.length, sha256, ...(score !== undefined && { score }) }
  const all = [written, ...older]
  const best = bestOf(all)
  const kept = all.filter((entry, i) => i < keep || entry === best)
  const manifest = `${JSON.stringify(kept, null, 2)}\n`
  writeAtomicSync(join(folder, 'manifest.json'), manifest, { flush: 'all' })
  removeOthers(folder, kept)
  return join(folder, file)
}

function bestOf(entries: readonly ManifestEntry[]): ManifestEntry | null {
  const scored = entries.filter(({ score }) => score !== undefined)
  return scored.toSorted((a, b) => a.score! - b.score!)[0] ?? null
}

/** The newest checkpoint that is whole, or null when there is none. */
export function loadNewestCheckpoint(runFolder: string): LoadedCheckpoint | null {
  return loadFirst(runFolder, (entries) => entries)
}

/** The checkpoint with the least score, or null when none was scored. */
export function loadBestCheckpoint(runFolder: string): LoadedCheckpoint | null {
  return loadFirst(runFolder, (entries) => [bestOf(entries) ?? []].flat())
}

/** Step of the newest checkpoint by the manifest; 0 when there is none. @throws Error as loading */
export function newestStep(runFolder: string): number {
  return readManifest(checkpointFolder(runFolder))[0]?.step ?? 0
}

/** Bytes of a checkpoint's header at most: tables of a thousand tensors take 100 KB. */
const LARGEST_HEADER = 16 * 1024 * 1024

/** What the newest checkpoint says of itself, without its tensors; null when it cannot be read. */
export function readCheckpointMetadata(runFolder: string): Record<string, string> | null {
  const folder = checkpointFolder(runFolder)
  try {
    const [newest] = readManifest(folder)
    const descriptor = openSync(join(folder, basename(newest.file)), 'r')
    try {
      const size = Buffer.alloc(8)
      readSync(descriptor, size, 0, 8, 0)
      const length = Number(size.readBigUInt64LE())
      if (length > LARGEST_HEADER) return null
      const header = Buffer.alloc(length)
      readSync(descriptor, header, 0, length, 8)
      const { __metadata__: metadata } = JSON.parse(header.toString()) as {
        __metadata__?: Record<string, string>
      }
      return metadata ?? null
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return null
  }
}

/** A checkpoint that the manifest names, and what is wrong with its file; null when it is whole. */
export interface CheckedCheckpoint {
  file: string
  fault: string | null
}

/** Compares the files of a run's checkpoints with their hashes. @throws Error for a damaged manifest */
export async function checkCheckpoints(runFolder: string): Promise<CheckedCheckpoint[]> {
  const folder = checkpointFolder(runFolder)
  const checked: CheckedCheckpoint[] = []
  for (const { file, sha256 } of readManifest(folder)) {
    checked.push({ file, fault: await faultOf(join(folder, basename(file)), sha256) })
  }
  return checked
}

async function faultOf(file: string, sha256: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  } catch (error) {
    return (error as Error).message
  }
  return hash.digest('hex') === sha256 ? null : 'its content does not match its hash'
}

/** The first of the chosen that is whole. */
function loadFirst(
  runFolder: string,
  choose: (entries: ManifestEntry[]) => ManifestEntry[],
): LoadedCheckpoint | null {
  const folder = checkpointFolder(runFolder)
  const warnings: string[] = []
  for (const entry of choose(readManifest(folder))) {
    // A name alone: a manifest from elsewhere must not lead out of its folder.
    const file = join(folder, basename(entry.file))
    try {
      const bytes = readFileSync(file)
      if (createHash('sha256').update(bytes).digest('hex') !== entry.sha256) {
        throw new Error('its content does not match its hash')
      }
      const { tensors, metadata } = decodeSafetensors(bytes)
      return { tensors: withPresentNames(tensors), metadata, step: entry.step, file, warnings }
    } catch (error) {
      warnings.push(`Checkpoint ${entry.file} was skipped: ${(error as Error).message}`)
    }
  }
  if (warnings.length > 0) throw new Error(`No checkpoint is undamaged. ${warnings.join('. ')}`)
  return null
}

function readManifest(folder: string): ManifestEntry[] {
  const file = join(folder, 'manifest.json')
  if (!existsSync(file)) return []
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ManifestEntry[]
  } catch (error) {
    throw new Error(
      `${file} is damaged (${(error as Error).message}). Replace it with a backup, or start a new run.`,
      { cause: error },
    )
  }
}

function removeOthers(folder: string, kept: ManifestEntry[]): void {
  const names = new Set([...kept.map((entry) => entry.file), 'manifest.json'])
  for (const name of readdirSync(folder)) {
    if (!names.has(name)) rmSync(join(folder, name), { force: true })
  }
}
