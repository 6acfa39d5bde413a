import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { probeVideo } from '#main/video/probe.ts'
import { fixture, temporaryFolder } from './fixtures.ts'

/** What FFmpeg decodes of each file. */
const reference = JSON.parse(readFileSync(fixture('containers/reference.json'), 'utf8')) as Record<
  string,
  { frames: number; width: number; height: number }
>

describe.each(Object.entries(reference))('The container %s', (name, expected) => {
  it('is opened, and its frames are counted', () => {
    const path = fixture(`containers/${name}`)
    expect(probeVideo(path)).toMatchObject({ ...expected, error: null, errorKind: null })
    expect(probeVideo(path, { verify: true })).toMatchObject({ ...expected, error: null })
  })
})

describe('A file that names other files', () => {
  const folder = join(temporaryFolder(), 'class')

  beforeAll(async () => {
    mkdirSync(folder)
    copyFileSync(fixture('containers/moov-first.mp4'), join(folder, 'a.mp4'))
    copyFileSync(fixture('containers/stream.m2t'), join(folder, 'a.ts'))
    const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: 'red' } })
    for (const number of [1, 2]) await picture.png().toFile(join(folder, `${number}.png`))
  })

  it.each([
    ['an ffconcat script', 'b.mp4', "ffconcat version 1.0\nfile 'a.mp4'\n"],
    ['an ffconcat script under its own name', 'b.ffconcat', "ffconcat version 1.0\nfile 'a.mp4'\n"],
    [
      'an HLS playlist',
      'b.m3u8',
      '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n',
    ],
    [
      'a DASH manifest',
      'b.mpd',
      '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1" bandwidth="1"><BaseURL>a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>',
    ],
    [
      'a session description',
      'b.sdp',
      'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
    ],
    ['a list of addresses', 'b.asx', '<asx version="3.0"><entry><ref href="a.mp4"/></entry></asx>'],
  ])('is not opened: %s', (_, name, text) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    const probe = probeVideo(path)
    expect(probe).toMatchObject({ frames: null, errorKind: 'not-video' })
    expect(probe.error).toMatch(/^This (file is not itself a video|is not a video)/)
  })

  it('is not opened: one of a sequence of pictures', () => {
    const probe = probeVideo(join(folder, '1.png'))
    expect(probe).toMatchObject({ frames: null, errorKind: 'not-video' })
    expect(probe.error).toContain('FFmpeg recognises it as "')
  })

  it('is told what it is taken for, and what to do', () => {
    const path = join(folder, 'c.mp4')
    writeFileSync(path, "ffconcat version 1.0\nfile 'a.mp4'\n")
    expect(probeVideo(path).error).toBe(
      'This file is not itself a video: FFmpeg recognises it as "concat". Playlists, scripts and pictures are not opened; index the videos that they name.',
    )
  })
})
