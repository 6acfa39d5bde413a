/** Indexes the folder in argv[3] into the database in argv[2], telling each file it was asked for. */
import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Prober } from '#main/datasets/index-pass.ts'
import { indexDataset } from '#main/datasets/indexer.ts'
import { Store } from '#main/store/store.ts'

const [, , database, folder] = process.argv
const store = new Store(database)
const decoder: Prober = {
  probe: async (path) => {
    writeSync(1, `${path}\n`)
    await delay(5)
    const size = { frames: 64, fps: 25, width: 128, height: 96, duration: 2.56 }
    return { ...size, codec: 'mpeg4', error: null, hash: 'a' }
  },
}
for await (const event of indexDataset({ store, decoder, folder, format: 'folder' })) {
  if (event.type === 'done') store.close()
}
