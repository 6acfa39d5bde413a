import { Command, Option } from 'commander'
import { sortKeySchema, type SortKey, type TaggedVideo } from '#shared/contract/library.ts'
import type { Video } from '#shared/contract/videos.ts'
import { jsonOption, projectOption } from '../arguments.ts'
import { checkDataset, filterOf, withFilterOptions, type FilterOptions } from './library-options.ts'
import { drained, print, printJson, table } from '../output.ts'

type VideosOptions = FilterOptions & {
  project: string
  sort: SortKey
  descending: boolean
  json: boolean
}

/** Videos read at a time. */
const PAGE = 500

export const videosCommand = withFilterOptions(
  new Command('videos').description(
    'list the indexed videos; works while a window has the project open',
  ),
)
  .addOption(projectOption())
  .addOption(
    new Option('--sort <field>', 'order of the list')
      .choices(sortKeySchema.options)
      .default('path'),
  )
  .option('--descending', 'reverse the order', false)
  .addOption(jsonOption('print one JSON line per video'))
  .action(async ({ project: folder, json, sort: by, descending, ...filter }: VideosOptions) => {
    const [{ openProject }, { Library }] = await Promise.all([
      import('../../../store/project.ts'),
      import('../../../library/library.ts'),
    ])
    const project = openProject(folder, { readonly: true })
    try {
      checkDataset(project.store, filter)
      const library = new Library(project.store)
      const ids = await library.ids({ filter: filterOf(filter), sort: { by, descending } })
      const videos: TaggedVideo[] = []
      for (let at = 0; at < ids.length; at += PAGE) {
        const page = library.videos([...ids.subarray(at, at + PAGE)])
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
  id,
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
}: TaggedVideo) {
  const { size, duration, headerFrames, verified, variableRate, pixelFormat } = more
  const { colours, rotation, mirrored, errorKind, tags } = more
  return {
    id,
    path,
    class: name,
    split,
    frames,
    fps,
    width,
    height,
    codec,
    error,
    errorKind,
    size,
    duration,
    headerFrames,
    verified,
    variableRate,
    pixelFormat,
    colours,
    rotation,
    mirrored,
    tags,
  }
}

function asTable(videos: Video[]): string {
  const size = (video: Video) => (video.width === null ? null : `${video.width}x${video.height}`)
  return table(
    ['number', 'path', 'class', 'split', 'frames', 'fps', 'size', 'codec', 'error'],
    videos.map((v) => [
      v.id,
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
