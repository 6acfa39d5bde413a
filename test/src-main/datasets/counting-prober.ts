import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { JobEvent } from '#shared/contract/videos.ts'
import type { Probed, Prober } from '#main/datasets/index-pass.ts'
import { indexDataset } from '#main/datasets/indexer.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { smallTree, writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

/** What a probe tells of a whole video. */
export const whole: Probed = {
  frames: 64,
  fps: 25,
  width: 128,
  height: 96,
  duration: 2.56,
  codec: 'mpeg4',
  error: null,
  hash: 'a',
}

/** Remembers what it was asked; files whose content is 'bad' are damaged. */
export class CountingProber implements Prober {
  readonly asked: string[] = []
  underWay = 0
  private readonly pause: number

  constructor(pause = 0) {
    this.pause = pause
  }

  async probe(path: string, { verify }: { verify: boolean }): Promise<Probed> {
    this.asked.push(path)
    this.underWay++
    await delay(this.pause)
    this.underWay--
    // Not of the whole path: a temporary folder may be called anything.
    const name = basename(path)
    if (name.includes('Crash')) throw new Error('The decoder crashed on this video.')
    if (name.includes('Bad')) return { ...whole, frames: null, error: 'Truncated' }
    const hash = createHash('md5').update(readFileSync(path)).digest('hex')
    return { ...whole, hash, verified: verify }
  }
}

export function openStore(): Store {
  return new Store(join(temporaryFolder(), 'workbench.sqlite'))
}

export function tree(files: Record<string, string> = smallTree): string {
  const folder = temporaryFolder()
  writeTree(folder, files)
  return folder
}

export async function index(
  store: Store,
  decoder: Prober,
  folder: string,
  signal?: AbortSignal,
): Promise<JobEvent[]> {
  const events: JobEvent[] = []
  for await (const event of indexDataset({ store, decoder, folder, format: 'ucf101', signal })) {
    events.push(event)
  }
  return events
}
