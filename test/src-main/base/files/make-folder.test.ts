import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '#main/base/files/make-folder.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

describe('makeFolder', () => {
  it('makes what is missing, and is content with what is there', () => {
    const folder = join(temporaryFolder(), 'a', 'b', 'c')
    makeFolder(folder)
    makeFolder(folder)
    expect(existsSync(folder)).toBe(true)
  })

  it('refuses a place where a file is', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(() => makeFolder(file)).toThrow('ENOTDIR')
    expect(() => makeFolder(join(file, 'below'))).toThrow('ENOTDIR')
  })

  it.runIf(process.platform === 'linux')('comes back from /proc with an error', () => {
    expect(() => makeFolder('/proc/fame/below')).toThrow('ENOENT')
  })
})
