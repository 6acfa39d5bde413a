import { Command, Option } from 'commander'
import { splitSchema, type Video } from '#shared/contract/videos.ts'
import { jsonOption, projectOption, wholeNumber } from './arguments.ts'
import { drained, print, printJson, table } from './output.ts'

interface VideosOptions {
  project: string
  datasetId?: number
  class?: string
  split?: 'train' | 'test' | 'val'
  json: boolean
}

export const videosCommand = new Command('videos')
  .description('list the indexed videos; works while a window has the project open')
  .addOption(projectOption())
  .option('--dataset-id <id>', 'only this data set', wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .option('--class <name>', 'only this class')
  .addOption(new Option('--split <name>', 'only this split').choices(splitSchema.options))
  .addOption(jsonOption('print one JSON line a video'))
  .action(async ({ project: folder, json, ...filter }: VideosOptions) => {
    const { openProject } = await import('../../store/project.ts')
    const project = openProject(folder, { readonly: true })
    try {
      const videos: Video[] = []
      for (const page of project.store.videos.pages(filter)) {
        if (json) page.forEach((video) => printJson(lineOf(video)))
        else videos.push(...page)
        await drained()
      }
      if (!json) print(asTable(videos))
    } finally {
      project.close()
    }
  })

function lineOf({
  path,
  class: name,
  split,
  frames,
  fps,
  width,
  height,
  codec,
  error,
  ...more
}: Video) {
  const { size, duration, headerFrames, verified, variableRate, pixelFormat, rotation } = more
  const { errorKind } = more
  return {
    ...{ path, class: name, split, frames, fps, width, height, codec, error },
    ...{ errorKind, size, duration, headerFrames, verified, variableRate, pixelFormat, rotation },
  }
}

function asTable(videos: Video[]): string {
  const size = (video: Video) => (video.width === null ? null : `${video.width}x${video.height}`)
  return table(
    ['path', 'class', 'split', 'frames', 'fps', 'size', 'codec', 'error'],
    videos.map((v) => [
      v.path,
      v.class,
      v.split,
      framesOf(v),
      v.fps,
      size(v),
      v.codec,
      v.error ?? '',
    ]),
  )
}

/** The header's word is added where it is another. */
function framesOf({ frames, headerFrames }: Video): number | string | null {
  if (frames === null || headerFrames === null || headerFrames === frames) return frames
  return `${frames} (header: ${headerFrames})`
}
