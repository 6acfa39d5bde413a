import { accessSync, constants, existsSync } from 'node:fs'
import os from 'node:os'
import { resolve } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import type { Doctor } from '#shared/contract/doctor.ts'
import { cacheFolder } from '../base/files/cache-folder.ts'
import { graphicsProcessor } from '../base/processes/hardware.ts'
import {
  electronInstallation,
  installationFolder,
  tensorflowNote,
  workbenchVersion,
} from '../base/processes/installation.ts'
import { openMpiVersion } from './open-mpi.ts'
import { probe, type ProbeOutcome } from './probe.ts'
import { describeTensorFlow, tensorflowFacts, type Problem } from './tensorflow-report.ts'

export interface InspectOptions {
  /** Project folder, when one is open or named. */
  project: string | null
  /** Folder of the installation; found from this module's own place unless handed in. */
  root?: string
}

const ffmpegFacts = z.object({ version: z.string() })

/**
 * Looks at what is installed and what it runs on. FFmpeg and TensorFlow are asked in processes of
 * their own. Never throws: what cannot be had is a problem with its remedy.
 */
export async function inspect({
  project,
  root = installationFolder(),
}: InspectOptions): Promise<Doctor> {
  const [tensorflowOutcome, ffmpegOutcome, gpu, openMpi] = await Promise.all([
    probe('tensorflow-probe', tensorflowFacts),
    probe('ffmpeg-probe', ffmpegFacts),
    graphicsProcessor(),
    openMpiVersion(),
  ])
  const problems: Problem[] = []
  return {
    workbench: workbenchVersion(root),
    node: process.versions.node,
    platform: `${os.type()} ${os.release()} ${os.arch()}`,
    ffmpeg: describeFfmpeg(ffmpegOutcome, problems),
    sqlite: describeSqlite(problems),
    openMpi,
    tensorflow: describeTensorFlow(tensorflowOutcome, tensorflowNote(root), gpu, problems),
    electron: describeElectron(root, problems),
    folders: { cache: cacheFolder(), project: describeProject(project, problems) },
    problems,
  }
}

function describeFfmpeg(
  outcome: ProbeOutcome<{ version: string }>,
  problems: Problem[],
): string | null {
  if (outcome.ok) return outcome.facts.version
  problems.push({
    fact: `FFmpeg does not load: ${outcome.reason}`,
    remedy: 'Delete node_modules and run `npm run setup`.',
  })
  return null
}

function describeSqlite(problems: Problem[]): string | null {
  try {
    const database = new Database(':memory:')
    const version = database.prepare('SELECT sqlite_version()').pluck().get()
    database.close()
    return String(version)
  } catch (error) {
    problems.push({
      fact: `SQLite does not load: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'Delete node_modules and run `npm run setup`.',
    })
    return null
  }
}

/** Without a display the browser is the way in, and Electron is not missed. */
function describeElectron(root: string, problems: Problem[]): Doctor['electron'] {
  const installation = electronInstallation(root)
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  if (!installation.available && display)
    problems.push({
      fact: "Electron's binary is not installed, so the workbench opens in the browser.",
      remedy: 'Run `npm run setup -- --electron` to fetch it.',
    })
  return installation
}

function describeProject(project: string | null, problems: Problem[]): string | null {
  if (project === null) return null
  const folder = resolve(project)
  if (!existsSync(folder)) return folder
  try {
    accessSync(folder, constants.R_OK | constants.W_OK)
  } catch {
    problems.push({
      fact: `The project folder ${folder} cannot be written to.`,
      remedy: 'Change its permissions, or choose another with --project.',
    })
  }
  return folder
}
