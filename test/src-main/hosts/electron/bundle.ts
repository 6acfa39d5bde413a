import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolveConfig } from 'electron-vite'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/**
 * Builds main and preload bundles as they are shipped, with a page that is a stub, into a folder of
 * their own under `out`. Returns that folder.
 */
export async function buildBundles(name: string): Promise<string> {
  const out = join(root, 'out', name)
  rmSync(out, { recursive: true, force: true })
  const inline = { root, logLevel: 'error' as const }
  const { config } = await resolveConfig(inline, 'build', 'production')
  for (const part of ['main', 'preload'] as const) {
    const options = config?.[part] ?? {}
    options.build = { ...options.build, outDir: join(out, part) }
    await build(options)
  }
  mkdirSync(join(out, 'renderer'))
  writeFileSync(join(out, 'renderer', 'index.html'), '<!doctype html><title>FAME Workbench</title>')
  return out
}
