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
