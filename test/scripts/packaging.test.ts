import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { wantedFuses, wrongFuses } from '../../scripts/read-fuses.mjs'
import { temporaryFolder } from './temporary.ts'

const root = join(import.meta.dirname, '../..')
const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as {
  files: string[]
  asarUnpack: string[]
  extraResources: { from: string; to: string }[]
  icon: string
  asar: boolean
}

describe('the configuration of packages', () => {
  it('is one that electron-builder takes', async () => {
    const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'))
    const { validateConfiguration } = builder('app-builder-lib/out/util/config/config.js') as {
      validateConfiguration(config: object, log: object): Promise<void>
    }
    const log = { isEnabled: false, add: () => undefined }
    await expect(validateConfiguration(config, log)).resolves.toBeUndefined()
    await expect(validateConfiguration({ ...config, asarr: true }, log)).rejects.toThrow('asarr')
  })

  it('names files that are there, and gives children what they read', () => {
    for (const { from } of config.extraResources) expect(existsSync(join(root, from))).toBe(true)
    expect(existsSync(join(root, config.icon))).toBe(true)
    // `nodeBinary` looks for resources/node/bin/node.
    expect(config.extraResources).toContainEqual({ from: 'node_modules/node/bin', to: 'node/bin' })
    for (const part of ['out/main/**', 'node_modules/**', 'resources/**']) {
      expect(config.asarUnpack).toContain(part)
    }
  })
})

describe('the fuses', () => {
  /** A file with nothing of Electron but the bytes that hold its fuses, all on as they come. */
  function binary(): string {
    const file = join(temporaryFolder(), 'electron')
    const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX')
    const count = Object.keys(FuseV1Options).length / 2
    const wire = Buffer.concat([Buffer.from([1, count]), Buffer.alloc(count, 0x31)])
    writeFileSync(file, Buffer.concat([Buffer.alloc(64), sentinel, wire, Buffer.alloc(64)]))
    return file
  }

  it('close what Electron’s list asks for', () => {
    expect(wantedFuses()).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
    })
    expect(config.asar).toBe(true)
  })

  it('are read back from a binary as they were set', async () => {
    const file = binary()
    expect(await wrongFuses(file)).toEqual([
      'RunAsNode',
      'EnableNodeOptionsEnvironmentVariable',
      'EnableNodeCliInspectArguments',
      'LoadBrowserProcessSpecificV8Snapshot',
      'GrantFileProtocolExtraPrivileges',
    ])
    const fuses = Object.entries(wantedFuses()).map(([name, on]) => {
      return [FuseV1Options[name as keyof typeof FuseV1Options], on]
    })
    await flipFuses(file, { version: FuseVersion.V1, ...Object.fromEntries(fuses) })
    expect(await wrongFuses(file)).toEqual([])
  })
})
