import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const [child, trainer] = ['full-disk-process.ts', '../runs/fake-trainer.ts'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
)

/** Runs a program on a disk of 4 MB of its own, in namespaces that need no rights. */
function onSmallDisk(folder: string, program: string[]) {
  const script = 'mount -t tmpfs -o size=4m none "$0" && exec "$@"'
  const options = { encoding: 'utf8', timeout: 120_000 } as const
  return spawnSync('unshare', ['-rm', 'sh', '-c', script, folder, ...program], options)
}

const mayMount = (() => {
  if (process.platform !== 'linux') return false
  return onSmallDisk('/mnt', ['true']).status === 0
})()

it.skipIf(!mayMount)(
  'nothing that a full disk refuses is reported as stored (needs leave to mount)',
  () => {
    const folder = join(temporaryFolder(), 'disk')
    mkdirSync(folder)
    const { stdout, stderr } = onSmallDisk(folder, [process.execPath, child, folder, trainer])
    expect(stderr).toBe('')
    const { full, before, during, roomy, after } = JSON.parse(stdout) as {
      full: Record<string, string>
      roomy: Record<string, string>
    } & Record<'before' | 'during' | 'after', number[]>
    for (const name of ['run', 'evaluation', 'startOver', 'index', 'tag', 'edit']) {
      expect([name, full[name]]).toEqual([name, expect.stringMatching(/disk.* is full/)])
      expect([name, roomy[name]]).toEqual([name, expect.stringMatching(/^gave /)])
    }
    expect(during).toEqual(before)
    expect(after).toEqual([before[0] + 2, before[1] + 1, before[2] + 1])
  },
)
