import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Absolute path of the Node that runs child processes: this one, unless this is Electron; there the
 * one shipped as a resource of the packaged app, or the `node` package's in development.
 * @throws Error when Electron finds neither.
 */
export function nodeBinary(): string {
  if (!process.versions.electron) return process.execPath
  const name = process.platform === 'win32' ? 'node.exe' : join('bin', 'node')
  const { resourcesPath } = process as NodeJS.Process & { resourcesPath?: string }
  const places = [
    ...(resourcesPath === undefined ? [] : [join(resourcesPath, 'node', name)]),
    ...installed().map((folder) => join(folder, name)),
  ]
  const found = places.find((place) => existsSync(place))
  if (found) return found
  throw new Error(
    `No Node binary at ${places.join(' or ') || 'any known place'}. Run 'npm run setup' and start again.`,
  )
}

/** The folder of the `node` package, wherever above this module it is. */
function installed(): string[] {
  try {
    return [dirname(createRequire(import.meta.url).resolve('node/package.json'))]
  } catch {
    return []
  }
}
