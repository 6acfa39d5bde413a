import {
  EMPTY_RECTANGLE,
  isEmpty,
  joinRectangles,
  wholeMask,
  type Mask,
  type Rectangle,
} from '#shared/masks/mask.ts'
import { encodeChange } from '#shared/masks/runs.ts'

/** The pixels under correction: knows what the current edit changed, and what is to be repainted. */
export class MaskSheet implements Mask {
  readonly data: Uint8Array
  readonly height: number
  readonly width: number
  /** Grows with every change. */
  version = 0
  #before: Uint8Array | null = null
  #dirty: Rectangle = EMPTY_RECTANGLE
  #edited: Rectangle = EMPTY_RECTANGLE

  /** @param mask its pixels are taken over, not copied */
  constructor({ data, height, width }: Mask) {
    this.data = data
    this.height = height
    this.width = width
  }

  get isEditing(): boolean {
    return this.#before !== null
  }

  /** The pixels without the current edit. */
  get settled(): Uint8Array {
    return this.#before ?? this.data
  }

  begin(): void {
    this.#before = this.data.slice()
    this.#edited = EMPTY_RECTANGLE
  }

  paint(draw: (mask: Mask) => Rectangle): void {
    const touched = draw(this)
    if (isEmpty(touched)) return
    this.#edited = joinRectangles(this.#edited, touched)
    this.#touch(touched)
  }

  /** Ends the edit: run lengths of the pixels that changed, or null where none did. */
  end(): number[] | null {
    const before = this.#before
    this.#before = null
    if (!before) return null
    const change = encodeChange(before, this.data)
    return change.length > 1 ? change : null
  }

  /** Ends the edit and takes it back. */
  abandon(): void {
    if (!this.#before) return
    this.data.set(this.#before)
    this.#before = null
    this.#touch(this.#edited)
  }

  /** Puts other pixels in place of all. */
  replace(data: Uint8Array): void {
    this.#before = null
    this.data.set(data)
    this.#touch(wholeMask(this))
  }

  /** What changed since this was last asked. */
  takeDirty(): Rectangle {
    const dirty = this.#dirty
    this.#dirty = EMPTY_RECTANGLE
    return dirty
  }

  #touch(rectangle: Rectangle): void {
    this.version += 1
    this.#dirty = joinRectangles(this.#dirty, rectangle)
  }
}
