import type { Dataset, Video } from '#shared/contract/videos.ts'
import { listApart } from '../datasets/list-in-worker.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

type Split = NonNullable<Video['split']>

/**
 * Which split each video of a data set is in by another of its three lists than that it was indexed
 * with; the index stays as it is.
 * @param splitList 1 to 3; 0 is the one it was indexed with
 * @returns splits by path relative to the data set's folder; null where the index says it
 * @throws WorkbenchError when the lists cannot be read.
 */
export async function splitMembership(
  dataset: Dataset,
  splitList: number,
): Promise<ReadonlyMap<string, Split> | null> {
  if (splitList === 0 || splitList === dataset.splitList) return null
  const { folder, format, annotations } = dataset
  const request = { folder, format, annotations: annotations ?? undefined, splitList }
  const listing = await listApart(request, new AbortController().signal)
  const listed = listing?.videos ?? []
  return new Map(listed.flatMap(({ path, split }) => (split ? [[path, split] as const] : [])))
}

/**
 * Makes sure that one of a data set's three lists has both splits.
 * @throws WorkbenchError when it has not, or cannot be read.
 */
export async function checkSplitList(dataset: Dataset, splitList: number): Promise<void> {
  const membership = await splitMembership(dataset, splitList)
  if (!membership) return
  const splits = new Set(membership.values())
  const missing = (['train', 'test'] as const).find((split) => !splits.has(split))
  if (!missing) return
  throw new WorkbenchError(
    `Split list ${splitList} of ${dataset.name} has no ${missing} videos. Put the data set's three ` +
      'lists into its folder, or evaluate on the split it was indexed with.',
  )
}
