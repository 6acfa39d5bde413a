import { relative, sep } from 'node:path'
import { trueMaskFile } from '../../video/true-mask-file.ts'
import type { MaskedVideo } from '../loader/explain/masked-clips.ts'
import type { TrainerVideo, VideoList } from '../process/messages.ts'

/** Path of a listed video below its data set's folder, with forward slashes. */
export function pathIn({ root }: Pick<VideoList, 'root'>, { path }: TrainerVideo): string {
  return relative(root, path).split(sep).join('/')
}

/** A listed video with its true masks, where there are any. */
export async function withTrueMasks(
  list: Pick<VideoList, 'root'>,
  video: TrainerVideo,
): Promise<MaskedVideo> {
  return { video, truth: await trueMaskFile(list.root, pathIn(list, video)) }
}
