import { hashOf } from './hash.ts'
import { deriveSeed } from './rng.ts'

/** Share of each class's training videos that validation takes at least. */
const HELD_OUT_SHARE = 0.25

/**
 * The training videos of one class that are held out for validation: whole sources, so that no clip
 * of a source is trained on while another is tested, until a quarter of the videos is reached. Sources
 * are ordered by a hash of their name and the seed, so that the draw does not depend on the order of
 * the list, and a video that is added or removed moves few others.
 * @param paths of all training videos of the class
 * @returns a part of them; never all, and none of a single video
 */
export function heldOut(paths: readonly string[], seed: number): Set<string> {
  const sources = Map.groupBy(paths, sourceOf)
  // A class that was cut from one source alone cannot be split any other way.
  const groups = sources.size > 1 ? sources : Map.groupBy(paths, (path) => path)
  const drawn = [...groups]
    .map(([name, videos]) => ({ name, videos, key: deriveSeed(seed, hashOf(name)) }))
    .sort((a, b) => a.key - b.key || (a.name < b.name ? -1 : 1))
  const held = new Set<string>()
  const wanted = HELD_OUT_SHARE * paths.length
  // The last source stays in training.
  for (const { videos } of drawn.slice(0, -1)) {
    if (held.size >= wanted) break
    for (const path of videos) held.add(path)
  }
  return held
}

/** UCF101 cuts several clips `_c01`, `_c02` from one source `_g08`; of other names each is its own. */
function sourceOf(path: string): string {
  return /^(.*_g\d+)_c\d+\.\w+$/.exec(path)?.[1] ?? path
}
