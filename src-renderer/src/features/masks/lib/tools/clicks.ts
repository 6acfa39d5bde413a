import { ref, shallowRef } from 'vue'
import type { Click } from '#shared/masks/clicks/picture.ts'
import { replaceMask, type Mask } from '#shared/masks/mask.ts'
import { MaskArt } from '../mask-art.ts'
import type { StagePoint, StageTool } from '../stage-tool.ts'
import { editOnce, type Editing } from './editing.ts'

/** What becomes of the mask when the object is taken. */
export const TAKING = ['replace', 'add', 'erase'] as const
export type Taking = (typeof TAKING)[number]

/** Finds the object that clicks point at. */
export interface ObjectFinder {
  find(clicks: readonly Click[]): Mask
}

/** What the clicks have found. */
export interface FoundObject {
  mask: Mask
  /** Part of the frame that it covers. */
  area: number
  /** How long it took. */
  milliseconds: number
}

/**
 * Clicks on an object, with Alt beside it, and a proposal for its mask after each. Nothing of the mask
 * changes until the proposal is taken.
 */
export class ClickTool implements StageTool {
  readonly cursor = 'crosshair'
  /** Changes with the clicks and with what they have found. */
  readonly revision = ref(0)
  readonly found = shallowRef<FoundObject | null>(null)
  readonly #editing: Editing
  readonly #taking: () => Taking
  #finder: ObjectFinder | null = null
  #clicks: Click[] = []
  #art: MaskArt | null = null

  constructor(editing: Editing, taking: () => Taking) {
    this.#editing = editing
    this.#taking = taking
  }

  get clicks(): readonly Click[] {
    return this.#clicks
  }

  /** What finds objects in the frame in sight; null while that is being read. */
  use(finder: ObjectFinder | null): void {
    this.#finder = finder
    this.#find()
  }

  down({ x, y }: StagePoint, { alt }: { shift: boolean; alt: boolean }): void {
    this.#clicks = [...this.#clicks, { x, y, value: alt ? 0 : 1 }]
    this.#find()
  }

  move(): void {
    // A click is made when the pointer goes down.
  }

  up(): void {
    // A click is made when the pointer goes down.
  }

  /** Takes the last click back; false where there is none. */
  back(): boolean {
    if (this.#clicks.length === 0) return false
    this.#clicks = this.#clicks.slice(0, -1)
    this.#find()
    return true
  }

  /** Puts what was found into the mask, in one edit. */
  take(): void {
    const object = this.found.value?.mask
    if (!object?.data.includes(1)) return
    const taking = this.#taking()
    this.cancel()
    editOnce(this.#editing, 'clicks', (mask) => replaceMask(mask, joined(mask, object, taking)))
  }

  cancel(): void {
    this.#clicks = []
    this.#find()
  }

  draw(context: CanvasRenderingContext2D, pixel: number): void {
    const object = this.found.value?.mask
    if (object) {
      this.#art ??= new MaskArt(object)
      drawObject(context, this.#art, pixel)
    }
    for (const click of this.#clicks) drawClick(context, click, pixel)
  }

  #find(): void {
    this.#art = null
    this.revision.value += 1
    if (!this.#finder || this.#clicks.length === 0) {
      this.found.value = null
      return
    }
    const started = performance.now()
    const mask = this.#finder.find(this.#clicks)
    const area = mask.data.reduce((sum, value) => sum + value, 0) / mask.data.length
    this.found.value = { mask, area, milliseconds: performance.now() - started }
  }
}

function joined(mask: Mask, { data }: Mask, taking: Taking): Uint8Array {
  if (taking === 'replace') return data
  return mask.data.map((value, i) => (taking === 'add' ? value | data[i] : value & (data[i] ^ 1)))
}

function drawObject(context: CanvasRenderingContext2D, art: MaskArt, pixel: number): void {
  context.globalAlpha = 0.45
  context.drawImage(art.foreground, 0, 0)
  context.globalAlpha = 1
  for (const [colour, width] of [
    ['rgb(0 0 0 / 65%)', 3],
    ['#fff', 1.5],
  ] as const) {
    context.strokeStyle = colour
    context.lineWidth = width * pixel
    art.strokeOutline(context)
  }
}

/** A plus on the object, a minus beside it. */
function drawClick(context: CanvasRenderingContext2D, { x, y, value }: Click, pixel: number): void {
  context.beginPath()
  context.arc(x, y, 7 * pixel, 0, 2 * Math.PI)
  context.fillStyle = value === 1 ? '#0b8f4d' : '#c62f3b'
  context.strokeStyle = '#fff'
  context.lineWidth = 1.5 * pixel
  context.fill()
  context.stroke()
  context.beginPath()
  context.moveTo(x - 3.5 * pixel, y)
  context.lineTo(x + 3.5 * pixel, y)
  if (value === 1) {
    context.moveTo(x, y - 3.5 * pixel)
    context.lineTo(x, y + 3.5 * pixel)
  }
  context.stroke()
}
