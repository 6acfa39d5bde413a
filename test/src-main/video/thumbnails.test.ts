import { copyFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { Thumbnails } from '#main/video/thumbnails.ts'
import { fixture, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const pool = new DecoderPool({ size: 1 })
afterAll(() => pool.close())

/** The real pool, with a count of what is asked of it. */
function counted() {
  const asked: string[] = []
  const thumbnail: DecoderPool['thumbnail'] = (path, options) => {
    asked.push(path)
    return pool.thumbnail(path, options)
  }
  return { asked, thumbnail }
}
const files = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(path, name)).isFile(),
  )

describe('Thumbnails', () => {
  it('decodes a video once, until it changes', async () => {
    const video = join(folder, 'video.mp4')
    const cache = join(folder, 'cache')
    copyFileSync(fixture('open-gop.mp4'), video)
    const source = counted()
    const first = await new Thumbnails(cache, source).get(video)
    const again = await new Thumbnails(cache, source).get(video)
    expect(source.asked).toHaveLength(1)
    expect(Buffer.from(first).equals(again)).toBe(true)
    expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 256 })

    utimesSync(video, 1, 1)
    await new Thumbnails(cache, source).get(video)
    expect(source.asked).toHaveLength(2)
    expect(files(cache)).toHaveLength(2)
    expect(files(cache).every((name) => name.endsWith('.jpg'))).toBe(true)
  })

  it('keeps sizes apart', async () => {
    const cache = join(folder, 'sizes')
    const thumbnails = new Thumbnails(cache, counted())
    const narrow = await thumbnails.get(fixture('open-gop.mp4'), { width: 64 })
    const wide = await thumbnails.get(fixture('open-gop.mp4'), { width: 128 })
    expect((await sharp(narrow).metadata()).width).toBe(64)
    expect((await sharp(wide).metadata()).width).toBe(128)
  })

  it('keeps up to a size, and the ones used last', async () => {
    const cache = join(folder, 'capped')
    const source = counted()
    const video = fixture('open-gop.mp4')
    const { length } = await new Thumbnails(join(folder, 'one'), source).get(video, { width: 100 })
    const limit = Math.round(length * 4.5)
    const first = new Thumbnails(cache, source, { limit })
    for (const width of [100, 101, 102, 103]) await first.get(video, { width })
    for (const [at, name] of files(cache).entries()) utimesSync(join(cache, name), at + 1, at + 1)

    const later = new Thumbnails(cache, source, { limit })
    await later.get(video, { width: 100 })
    await later.get(video, { width: 104 })
    const sizes = files(cache).map((name) => statSync(join(cache, name)).size)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(limit)
    const asked = source.asked.length
    await later.get(video, { width: 100 })
    await later.get(video, { width: 104 })
    expect(source.asked).toHaveLength(asked)
  })

  it('gives the picture even where it cannot be kept', async () => {
    const blocked = join(folder, 'a-file')
    writeFileSync(blocked, '')
    const picture = await new Thumbnails(blocked, pool).get(fixture('open-gop.mp4'))
    expect((await sharp(picture).metadata()).format).toBe('jpeg')
  })

  it('passes errors on and keeps nothing', async () => {
    const cache = join(folder, 'errors')
    const thumbnails = new Thumbnails(cache, pool)
    await expect(thumbnails.get(join(folder, 'missing.avi'))).rejects.toThrow('There is no file')
    await expect(thumbnails.get(fixture('audio-only.avi'))).rejects.toThrow('no video stream')
    expect(readdirSync(folder)).not.toContain('errors')
  })
})
