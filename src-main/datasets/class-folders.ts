import type { Split } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { folderName, sampleVideos, walkVideos, type FolderOfVideos } from './files.ts'
import type { Format, ListedVideo, Listing, Source } from './listing.ts'
import { splitOfName } from './split-names.ts'
import { Warnings } from './warnings.ts'

/** A split, a class, and two levels below the class. */
const DEPTH = 4

/**
 * A folder of class folders without lists, with folders named train, val or test above them or
 * without. A class folder's own subfolders belong to the class. Videos outside of class folders have
 * no class.
 */
export const classFolders: Format = { format: 'folder', recognise, list }

async function recognise({ folder, annotations }: Source): Promise<string | null> {
  if (annotations !== null) return null
  const sample = (await sampleVideos(folder, DEPTH)).map((path) => path.split('/'))
  const inside = sample.filter((parts) => parts.length > 1)
  // What lies deeper may be whole data sets, whose folders are no classes.
  const known = inside.every(([top, ...rest]) => rest.length === (splitOfName(top) ? 2 : 1))
  if (inside.length === 0 || !known) return null
  return `it has class folders, such as ${inside[0].join('/')}, and no lists`
}

/** @throws WorkbenchError when the folder has no videos, or lists are named. */
async function list({ folder: root, annotations }: Source): Promise<Listing> {
  if (annotations !== null) {
    throw new WorkbenchError(
      'A folder of class folders has no lists. Leave out the folder of lists, or choose the ' +
        'format of the lists.',
    )
  }
  const warnings = new Warnings()
  const found: FolderOfVideos[] = []
  for await (const one of walkVideos(root, { depth: DEPTH, warnings })) found.push(one)
  if (found.length === 0) {
    throw new WorkbenchError(`${root} has no videos. Expected <class>/<video> in it.`)
  }
  const splits = splitLevel(found)
  const videos = found.flatMap(({ folder, names }) => {
    const place = placeOf(folder, splits)
    if (place.class === null) {
      const text = `videos outside class folders have no class: ${names.length}`
      warnings.add('class', folder || root, null, text, names.length)
    }
    return names.map((name): ListedVideo => ({
      path: folder === '' ? name : `${folder}/${name}`,
      ...place,
    }))
  })
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

/**
 * The folders that are splits. One called train is a split only if it has folders of videos: it
 * may as well be the class of that vehicle.
 */
function splitLevel(found: readonly FolderOfVideos[]): Map<string, Split> {
  const splits = new Map<string, Split>()
  for (const { folder } of found) {
    const [top, below] = folder.split('/')
    const split = splitOfName(top)
    if (split !== null && below !== undefined) splits.set(top, split)
  }
  return splits
}

function placeOf(
  folder: string,
  splits: ReadonlyMap<string, Split>,
): Pick<ListedVideo, 'class' | 'split'> {
  const [top = '', below] = folder.split('/')
  const split = splits.get(top) ?? null
  return { class: (split === null ? top : below) || null, split }
}
