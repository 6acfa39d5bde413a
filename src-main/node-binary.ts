import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Absolute path of the Node that runs child processes: this one, unless this is Electron; there the
 * one shipped as a resource of the packaged app, or the `node` package's in development.
 * @throws Error when Electron finds neither.
 */
export function nodeBinary(): string {
  if (!process.versions.electron) return process.execPath
  const name = process.platform === 'win32' ? 'node.exe' : join('bin', 'node')
  const here = dirname(fileURLToPath(import.meta.url))
  const { resourcesPath = here } = process as NodeJS.Process & { resourcesPath?: string }
  const places = [
    join(resourcesPath, 'node', name),
    join(here, '..', '..', 'node_modules', 'node', name),
  ]
  const found = places.find((place) => existsSync(place))
  if (found) return found
  throw new Error(`No Node binary in ${places.join(' or ')}. Run 'npm run setup' and start again.`)
}
