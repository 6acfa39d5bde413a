import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { trueMaskFile } from '#main/video/true-mask-file.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

function touch(...parts: string[]): string {
  const file = join(...parts)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  return file
}

it('finds true masks beside the first folder of the path, or beside the data set', async () => {
  const root = temporaryFolder()
  const set = join(root, 'set')
  const inside = touch(set, 'UCF-101-masks', 'Spin', 'a.avi')
  const beside = touch(root, 'set-masks', 'Spin', 'b.avi')
  const alone = touch(root, 'set-masks', 'c.avi')
  expect(await trueMaskFile(set, 'UCF-101/Spin/a.avi')).toBe(inside)
  expect(await trueMaskFile(set, 'Spin/b.avi')).toBe(beside)
  expect(await trueMaskFile(set, 'c.avi')).toBe(alone)
  expect(await trueMaskFile(set, 'UCF-101/Spin/b.avi')).toBeNull()
})
