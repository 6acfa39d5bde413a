export interface FrameCacheOptions<Frame> {
  load: (index: number, signal: AbortSignal) => Promise<Frame>
  /** Frees what a frame holds. */
  dispose?: (frame: Frame) => void
  onLoad?: (index: number) => void
  onError?: (index: number, error: unknown) => void
  /** Frames fetched before they are needed. Default 24 ahead and 4 behind. */
  ahead?: number
  behind?: number
  /** Open requests at a time. Default 4. */
  concurrency?: number
  /** What a frame takes up, in units of `capacity`. Default 1. */
  sizeOf?: (frame: Frame) => number
  /** How much is kept at most, beside the frames that are wanted. Default 128. */
  capacity?: number
}

export interface Focus {
  index: number
  direction: 1 | -1
  count: number
  loop: boolean
  /** The position moves fast: what is fetched in advance would be given up at once. Default false. */
  passing?: boolean
  /** The frames that are gone through, ascending, `index` among them; left out: all of the video. */
  path?: readonly number[]
}

/** The frames to hold around a position, the most urgent first. */
export function wantedFrames(focus: Focus, ahead: number, behind: number): number[] {
  const { index, direction, loop, path } = focus
  const count = path?.length ?? focus.count
  const position = path ? path.indexOf(index) : index
  const offsets = [
    ...Array.from({ length: ahead + 1 }, (_, i) => i),
    ...Array.from({ length: behind }, (_, i) => -i - 1),
  ]
  const wanted = offsets.map((offset) => {
    const at = position + offset * direction
    return loop ? ((at % count) + count) % count : at
  })
  const inside = [...new Set(wanted)].filter((at) => at >= 0 && at < count)
  return path ? inside.map((at) => path[at]) : inside
}

/**
 * Holds decoded frames around the position of a player. Frames that are no longer wanted are not
 * fetched to the end; frames that were used are kept until the room is needed. No `lru-cache`: what is
 * wanted stays at any size, however long ago it was used.
 */
export class FrameCache<Frame> {
  #options: Required<
    Pick<FrameCacheOptions<Frame>, 'ahead' | 'behind' | 'concurrency' | 'capacity'>
  > &
    FrameCacheOptions<Frame>
  #size = 0
  /** In the order of their last use. */
  #frames = new Map<number, Frame>()
  #loading = new Map<number, AbortController>()
  #failed = new Set<number>()
  #wanted: number[] = []

  constructor(options: FrameCacheOptions<Frame>) {
    this.#options = { ahead: 24, behind: 4, concurrency: 4, capacity: 128, ...options }
  }

  get(index: number): Frame | undefined {
    const frame = this.#frames.get(index)
    if (frame !== undefined) {
      this.#frames.delete(index)
      this.#frames.set(index, frame)
    }
    return frame
  }

  has(index: number): boolean {
    return this.#frames.has(index)
  }

  /** The frame here that is closest to a position, and where it belongs. */
  nearest(index: number): { index: number; frame: Frame } | null {
    let best: { index: number; frame: Frame } | null = null
    for (const [at, frame] of this.#frames) {
      if (!best || Math.abs(at - index) < Math.abs(best.index - index)) best = { index: at, frame }
    }
    return best
  }

  /** Takes in a frame that was not asked for here. */
  add(index: number, frame: Frame): void {
    if (this.#frames.has(index)) this.#options.dispose?.(frame)
    else this.#keep(index, frame)
  }

  /** Whether there is nothing to wait for any more: it is here, or it could not be had. */
  isSettled(index: number): boolean {
    return this.#frames.has(index) || this.#failed.has(index)
  }

  /** Moves the position; a frame that failed before is tried again when it is looked at. */
  focus(focus: Focus): void {
    this.#failed.delete(focus.index)
    const { ahead, behind } = this.#options
    this.#wanted = focus.passing ? [focus.index] : wantedFrames(focus, ahead, behind)
    const wanted = new Set(this.#wanted)
    for (const [index, controller] of this.#loading) {
      if (!wanted.has(index)) this.#abandon(index, controller)
    }
    this.#makeRoomFor(focus.index)
    this.#pump()
  }

  clear(): void {
    this.#wanted = []
    for (const [index, controller] of this.#loading) this.#abandon(index, controller)
    for (const frame of this.#frames.values()) this.#options.dispose?.(frame)
    this.#frames.clear()
    this.#size = 0
    this.#failed.clear()
  }

  #abandon(index: number, controller: AbortController): void {
    this.#loading.delete(index)
    controller.abort()
  }

  /** The frame looked at must not wait behind those fetched in advance. */
  #makeRoomFor(index: number): void {
    if (this.has(index) || this.#loading.has(index)) return
    if (this.#loading.size < this.#options.concurrency) return
    const last = [...this.#loading].at(-1)
    if (last) this.#abandon(...last)
  }

  #pump(): void {
    for (const index of this.#wanted) {
      if (this.#loading.size >= this.#options.concurrency) return
      if (this.isSettled(index) || this.#loading.has(index)) continue
      void this.#fetch(index)
    }
  }

  async #fetch(index: number): Promise<void> {
    const controller = new AbortController()
    this.#loading.set(index, controller)
    try {
      const frame = await this.#options.load(index, controller.signal)
      if (controller.signal.aborted) this.#options.dispose?.(frame)
      else this.#keep(index, frame)
    } catch (error) {
      if (controller.signal.aborted) return
      this.#loading.delete(index)
      this.#failed.add(index)
      this.#options.onError?.(index, error)
    }
    this.#pump()
  }

  #keep(index: number, frame: Frame): void {
    this.#loading.get(index)?.abort()
    this.#loading.delete(index)
    this.#frames.set(index, frame)
    this.#size += this.#sizeOf(frame)
    this.#evict()
    this.#options.onLoad?.(index)
  }

  #sizeOf(frame: Frame): number {
    return this.#options.sizeOf?.(frame) ?? 1
  }

  #evict(): void {
    const wanted = new Set(this.#wanted)
    for (const [index, frame] of this.#frames) {
      if (this.#size <= this.#options.capacity) return
      if (wanted.has(index)) continue
      this.#frames.delete(index)
      this.#size -= this.#sizeOf(frame)
      this.#options.dispose?.(frame)
    }
  }
}
