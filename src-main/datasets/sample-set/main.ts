/**
 * Entry of the process that draws and encodes sample videos: FFmpeg stays out of the host.
 * Started with `root seed kind part parts`; writes every `parts`-th video and sends `written` for each.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeVideo } from '../../video/writer.ts'
import { planSampleSet, sampleFolders, type SampleVideo } from './layout.ts'
import { renderScene } from './render.ts'
import { sampleGeometry, type SampleKind } from './scene.ts'

const [root, seed, kind, part, parts] = process.argv.slice(2)
process.on('disconnect', () => process.exit(0))

for (const [index, video] of planSampleSet(Number(seed), kind as SampleKind).entries()) {
  if (index % Number(parts) !== Number(part)) continue
  await writeSampleVideo(root, video)
  process.send?.('written')
}
if (process.connected) process.disconnect()

/** The video comes last: where it is there, its mask is too. */
async function writeSampleVideo(folder: string, video: SampleVideo): Promise<void> {
  const file = join(sampleFolders.videos(folder), video.name)
  if (existsSync(file)) return
  const maskFile = join(sampleFolders.masks(folder), video.name.replace(/\.avi$/, '.mkv'))
  const masks: Uint8Array[] = []
  const frames: Uint8Array[] = []
  for (const { rgb, mask } of renderScene(video.scene)) {
    frames.push(rgb.slice())
    masks.push(mask.slice())
  }
  mkdirSync(dirname(file), { recursive: true })
  mkdirSync(dirname(maskFile), { recursive: true })
  await writeVideo(maskFile, { ...sampleGeometry, codec: 'ffv1' }, masks)
  await writeVideo(file, { ...sampleGeometry, codec: 'mpeg4' }, frames)
}
