import { contextOf } from '../../../charts/canvas.ts'

/** A copy of the picture that was shown last: players close theirs when the room is needed. */
export class Still {
  readonly canvas = new OffscreenCanvas(1, 1)

  copy(picture: ImageBitmap): void {
    const { canvas } = this
    if (canvas.width !== picture.width) canvas.width = picture.width
    if (canvas.height !== picture.height) canvas.height = picture.height
    contextOf(canvas).drawImage(picture, 0, 0)
  }
}
