import { describe, expect, it } from 'vitest'
import type { Click } from '#shared/masks/clicks/picture.ts'
import type { Mask } from '#shared/masks/mask.ts'
import { ClickSource } from '../../../../../../src-renderer/src/features/masks/lib/tools/click-source.ts'
import {
  ClickTool,
  type Taking,
} from '../../../../../../src-renderer/src/features/masks/lib/tools/clicks.ts'
import type { Editing } from '../../../../../../src-renderer/src/features/masks/lib/tools/editing.ts'

const SHAPE = { height: 2, width: 4 }

/** A mask of the first two pixels, that edits are made on. */
function sheet() {
  const mask: Mask = { ...SHAPE, data: Uint8Array.from([1, 1, 0, 0, 0, 0, 0, 0]) }
  const labels: string[] = []
  const editing: Editing = {
    begin: () => true,
    paint: (draw) => draw(mask),
    commit: (label) => labels.push(label),
    abandon: () => undefined,
  }
  return { mask, labels, editing }
}

/** Finds the pixels that were clicked on. */
const finder = {
  find(clicks: readonly Click[]): Mask {
    const data = new Uint8Array(8)
    for (const { x, y, value } of clicks) data[Math.floor(y) * 4 + Math.floor(x)] = value
    return { ...SHAPE, data }
  },
}

function press(tool: ClickTool, x: number, y: number, alt = false) {
  tool.down({ x: x + 0.5, y: y + 0.5, pressure: 1, time: 0 }, { shift: false, alt })
}

describe('the tool of clicks', () => {
  it('proposes after each click, and changes nothing until the object is taken', () => {
    const { mask, labels, editing } = sheet()
    const tool = new ClickTool(editing, () => 'replace')
    tool.use(finder)
    press(tool, 1, 0)
    press(tool, 2, 1)
    expect(tool.found.value?.area).toBe(2 / 8)
    press(tool, 2, 1, true)
    expect(tool.found.value?.area).toBe(1 / 8)
    expect([...mask.data]).toEqual([1, 1, 0, 0, 0, 0, 0, 0])
    tool.take()
    expect([...mask.data]).toEqual([0, 1, 0, 0, 0, 0, 0, 0])
    expect(labels).toEqual(['clicks'])
    expect([tool.clicks.length, tool.found.value]).toEqual([0, null])
  })

  it.each<[Taking, number[]]>([
    ['replace', [0, 1, 1, 0]],
    ['add', [1, 1, 1, 0]],
    ['erase', [1, 0, 0, 0]],
  ])('%s makes of the mask what it says', (taking, expected) => {
    const { mask, editing } = sheet()
    const tool = new ClickTool(editing, () => taking)
    tool.use(finder)
    press(tool, 1, 0)
    press(tool, 2, 0)
    tool.take()
    expect([...mask.data.subarray(0, 4)]).toEqual(expected)
  })

  it('takes clicks back one by one, and says when there are none', () => {
    const tool = new ClickTool(sheet().editing, () => 'add')
    tool.use(finder)
    press(tool, 0, 0)
    press(tool, 1, 0)
    expect(tool.back()).toBe(true)
    expect(tool.found.value?.mask.data.indexOf(1)).toBe(0)
    expect(tool.back()).toBe(true)
    expect(tool.found.value).toBeNull()
    expect(tool.back()).toBe(false)
  })

  it('answers clicks that were made while the frame was being read', () => {
    const { labels, editing } = sheet()
    const tool = new ClickTool(editing, () => 'add')
    press(tool, 3, 1)
    expect(tool.found.value).toBeNull()
    tool.use(finder)
    expect(tool.found.value?.area).toBe(1 / 8)
    tool.use(null)
    tool.take()
    expect(labels).toEqual([])
  })
})

describe('what clicks find objects in', () => {
  const side = 64
  const frame = { width: side, height: side, rgb: new Uint8Array(3 * side * side).fill(90) }
  // Of two frames: something moves at the left, then at the right. At half the size.
  const square = (x0: number) =>
    Uint8Array.from({ length: 32 * 32 }, (_, p) => {
      const [x, y] = [p % 32, Math.floor(p / 32)]
      return x >= x0 && x < x0 + 12 && y >= 8 && y < 20 ? 1 : 0
    })
  const [left, right] = [square(2), square(14)]
  const motion = {
    width: 32,
    height: 32,
    motion: Float32Array.from(left, (value, p) => Math.max(value, right[p])),
    fronts: Uint8Array.from([...left, ...right]),
  }
  const found = (at: number | null, x: number) => {
    const source = new ClickSource(frame, motion, at)
    const { data } = source.find([{ x, y: 28, value: 1 }])
    return data.reduce((sum, value) => sum + value, 0)
  }

  it('of a frame is what moves in that frame, at the size of the video', () => {
    expect(found(0, 16) / 24 ** 2).toBeCloseTo(1, 1)
    expect(found(1, 40) / 24 ** 2).toBeCloseTo(1, 1)
  })

  it('of a clip is what moves in any frame', () => {
    expect(found(null, 16) / (48 * 24)).toBeCloseTo(1, 1)
  })
})
