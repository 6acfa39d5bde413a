import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hashFiles, readStamp, writeStamp } from '../../scripts/lib/stamp.mjs'
import { temporaryFolder } from './temporary.ts'

describe('a stamp', () => {
  test('is read back, and nothing else is left beside it', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'deep', 'step.json')
    writeStamp(file, { key: 'a', more: 1 })
    writeStamp(file, { key: 'b', more: 2 })
    expect(readStamp(file)).toEqual({ key: 'b', more: 2 })
    expect(readdirSync(join(folder, 'deep'))).toEqual(['step.json'])
  })

  test.each(['', '{"key": "a"', '{"key": 1}', 'null'])('that holds %j counts as none', (text) => {
    const file = join(temporaryFolder(), 'step.json')
    writeFileSync(file, text)
    expect(readStamp(file)).toBeNull()
  })
})

describe('the hash of sources', () => {
  function sources(): string {
    const root = temporaryFolder()
    mkdirSync(join(root, 'src', 'deep'), { recursive: true })
    writeFileSync(join(root, 'src', 'a.ts'), 'a')
    writeFileSync(join(root, 'src', 'deep', 'b.ts'), 'b')
    return root
  }
  const hashOf = (root: string) => hashFiles(root, [join(root, 'src'), join(root, 'absent.ts')])

  test('is the same in another clone', () => {
    expect(hashOf(sources())).toBe(hashOf(sources()))
  })

  test('changes with a content, a name and a new file', () => {
    const before = hashOf(sources())
    const [edited, added, swapped] = [sources(), sources(), sources()]
    writeFileSync(join(edited, 'src', 'deep', 'b.ts'), 'B')
    writeFileSync(join(added, 'src', 'c.ts'), '')
    writeFileSync(join(swapped, 'src', 'a.ts'), 'b')
    writeFileSync(join(swapped, 'src', 'deep', 'b.ts'), 'a')
    expect(new Set([before, hashOf(edited), hashOf(added), hashOf(swapped)]).size).toBe(4)
  })
})
