import { execFile } from 'node:child_process'
import { cpus, release, type } from 'node:os'
import { promisify } from 'node:util'
import type { MadeWith } from '#shared/contract/runs.ts'
import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { installationFolder, workbenchVersion } from '../../base/processes/installation.ts'

const run = promisify(execFile)
/** Milliseconds. */
const PATIENCE = 5000

/**
 * What a run is made with, so that it can be made again.
 * @param videos SHA-256 of its list of videos
 */
export async function madeWith(model: EncoderName, videos: string): Promise<MadeWith> {
  const root = installationFolder()
  const commit = await git(root, ['rev-parse', 'HEAD'])
  const changes = commit === null ? null : await git(root, ['status', '--porcelain'])
  return {
    workbench: workbenchVersion(root),
    commit,
    changed: changes !== null && changes !== '',
    node: process.versions.node,
    platform: `${type()} ${release()} ${process.arch}`,
    cpu: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} threads`,
    videos,
    scaling: encoders[model].scaling,
  }
}

/** What git says of the installation itself, not of a folder that it happens to lie in. */
async function git(root: string, args: string[]): Promise<string | null> {
  const options = { cwd: root, timeout: PATIENCE, env: { ...process.env, GIT_DIR: `${root}/.git` } }
  return run('git', args, options).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  )
}
