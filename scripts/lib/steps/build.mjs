import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hashFiles, readStamp, removeStamp, stampFile, writeStamp } from '../stamp.mjs'

const sources = [
  'src-main',
  'src-preload',
  'src-renderer',
  'src-shared',
  'resources',
  'electron.vite.config.ts',
  'package-lock.json',
]

/** @type {import('../context.mjs').Step} */
export const build = {
  name: 'build',
  title: 'Build the window and the bundles',
  optional: false,
  isApart: true,
  ready({ places }) {
    const page = join(places.root, 'out', 'renderer', 'index.html')
    return existsSync(page) && readStamp(stampFile(places, 'build'))?.key === keyOf(places)
  },
  async perform(setup) {
    const { places } = setup
    const key = keyOf(places)
    // Without its stamp first: a build that is killed leaves a mixture of old and new.
    removeStamp(stampFile(places, 'build'))
    const program = join(places.root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    await setup.require(places.node, [program, 'build'], {
      fact: 'The window could not be built.',
      remedy:
        'The lines above say where. In an unchanged clone: delete node_modules and start again.',
    })
    writeStamp(stampFile(places, 'build'), { key })
  },
}

/** @param {import('../places.mjs').Places} places */
function keyOf({ root }) {
  return hashFiles(
    root,
    sources.map((path) => join(root, path)),
  )
}
