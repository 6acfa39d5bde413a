import { existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolveConfig } from 'electron-vite'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Folder of the built page: the one in `out` when it is newer than its sources, else a new build for
 * this process alone, since others build at the same time.
 */
export async function builtPage(): Promise<string> {
  const usual = join(root, 'out', 'renderer')
  if (isFresh(join(usual, 'index.html'))) return usual
  const outDir = mkdtempSync(join(tmpdir(), 'fame-page-'))
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }))
  const inline = { root, logLevel: 'error' as const }
  const { config } = await resolveConfig(inline, 'build', 'production')
  const options = config?.renderer ?? {}
  await build({ ...options, build: { ...options.build, outDir, emptyOutDir: true } })
  return outDir
}

function isFresh(page: string): boolean {
  if (!existsSync(page)) return false
  const sources = globSync(['src-renderer/**/*.*', 'src-shared/**/*.ts', 'package-lock.json'], {
    cwd: root,
  })
  const newest = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs))
  return statSync(page).mtimeMs > newest
}
