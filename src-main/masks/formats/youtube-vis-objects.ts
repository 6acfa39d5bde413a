import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { union } from './coco-rle.ts'
import { readSegmentation, type Segmentation } from './coco-segmentation.ts'
import type { Video } from './youtube-vis-video.ts'

/** A mask that an object has at some frames. */
interface Appearance {
  id: number
  runs: MaskRuns
}

/** The masks of one or more objects by frame. */
export class ObjectMasks {
  private readonly video: Video
  private readonly byPlace = new Map<number, Appearance[]>()
  private appearances = 0

  constructor(video: Video) {
    this.video = video
  }

  /**
   * @param segmentations one for each listed frame; null where the object is not seen
   * @throws MaskError when a mask is damaged or of another size
   */
  add(segmentations: readonly (Segmentation | null)[]): void {
    const known = new Map<string, Appearance>()
    segmentations.forEach((segmentation, place) => {
      if (segmentation === null) return
      const key = JSON.stringify(segmentation)
      const appearance = known.get(key) ?? this.read(segmentation)
      known.set(key, appearance)
      this.byPlace.set(place, [...(this.byPlace.get(place) ?? []), appearance])
    })
  }

  /** Places of frames at which there is any object, ascending. */
  places(): number[] {
    return [...this.byPlace.keys()].sort((a, b) => a - b)
  }

  /** The union over objects at one place; null where there is none. @throws MaskError as `union` */
  at(place: number): MaskRuns | null {
    const group = this.byPlace.get(place)
    if (!group) return null
    return union(
      group.map(({ runs }) => runs),
      this.pixels,
    )
  }

  /** The union over objects and frames. @throws MaskError when there is no mask at all */
  union(): MaskRuns {
    if (this.byPlace.size === 0) throw new MaskError('It has no mask at any frame.')
    const all = new Set([...this.byPlace.values()].flat())
    return union(
      [...all].map(({ runs }) => runs),
      this.pixels,
    )
  }

  /** Has the union of all objects the same pixels at every frame that has a mask? */
  isStill(): boolean {
    const groups = new Map<string, Appearance[]>()
    for (const group of this.byPlace.values()) {
      groups.set(group.map(({ id }) => id).join(' '), group)
    }
    const masks = [...groups.values()].map((group) =>
      union(
        group.map(({ runs }) => runs),
        this.pixels,
      ),
    )
    return masks.every(
      (mask) => mask.length === masks[0].length && mask.every((run, i) => run === masks[0][i]),
    )
  }

  private read(segmentation: Segmentation): Appearance {
    return { id: this.appearances++, runs: readSegmentation(segmentation, this.video).runs }
  }

  private get pixels(): number {
    return this.video.width * this.video.height
  }
}
