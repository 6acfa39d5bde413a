import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkWheel, knownPython, knownWheels } from '../../scripts/lib/known-wheels.mjs'
import { temporaryFolder } from './temporary.ts'

/** A wheel with this content, and what set-up said of it. */
function wheel(name: string, content: string) {
  const folder = temporaryFolder()
  const file = join(folder, name)
  writeFileSync(file, content)
  const lines: string[] = []
  const check = (env: NodeJS.ProcessEnv = {}) =>
    checkWheel(file, { env, report: { warning: (text) => lines.push(text) } })
  return { check, lines, folder, hash: createHash('sha256').update(content).digest('hex') }
}

describe('a downloaded wheel', () => {
  test('that is known must have its SHA-256', () => {
    const { check } = wheel(knownWheels[0].file, 'something else')
    expect(() => check()).toThrow('does not have the SHA-256')
  })

  test('that is not known is used with a warning', () => {
    const { check, lines } = wheel('tensorflow-2.21.0-cp313-cp313-any.whl', 'x')
    check()
    expect(lines.join(' ')).toContain('knows no SHA-256 of tensorflow-2.21.0-cp313-cp313-any.whl')
  })

  test('is held against a list of hashes, and refused when it is not on it', () => {
    const { check, lines, folder, hash } = wheel('nvidia_nccl_cu12-2-any.whl', 'x')
    const list = join(folder, 'hashes.txt')
    const FAME_WHEEL_HASHES = list
    expect(() => check({ FAME_WHEEL_HASHES })).toThrow('which does not exist')
    writeFileSync(list, `${hash.toUpperCase()}  wheels/nvidia_nccl_cu12-2-any.whl\n`)
    check({ FAME_WHEEL_HASHES })
    writeFileSync(list, `${'0'.repeat(64)} *nvidia_nccl_cu12-2-any.whl\n`)
    expect(() => check({ FAME_WHEEL_HASHES })).toThrow('does not have the SHA-256')
    writeFileSync(list, '')
    expect(() => check({ FAME_WHEEL_HASHES })).toThrow('is not named in')
    expect(lines).toEqual([])
  })

  test('is asked for by the Python that it was made for', () => {
    expect(knownPython('tensorflow-cpu==2.21.0', 'x64')).toBe('3.11')
    expect(knownPython('tensorflow-cpu==2.21.0', 'arm64')).toBeNull()
    expect(knownPython('tensorflow==2.21.0', 'x64')).toBeNull()
  })
})
