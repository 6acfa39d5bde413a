import { describe, expect, it } from 'vitest'
import type { Mask, Rectangle } from '#shared/masks/mask.ts'
import {
  BrushTool,
  pressureFactor,
} from '../../../../../../src-renderer/src/features/masks/lib/tools/brush.ts'
import type { Editing } from '../../../../../../src-renderer/src/features/masks/lib/tools/editing.ts'
import { FloodTool } from '../../../../../../src-renderer/src/features/masks/lib/tools/flood.ts'
import { LassoTool } from '../../../../../../src-renderer/src/features/masks/lib/tools/lasso.ts'
import { MaskSheet } from '../../../../../../src-renderer/src/features/masks/lib/tools/mask-sheet.ts'
import { PolygonTool } from '../../../../../../src-renderer/src/features/masks/lib/tools/polygon.ts'
import { RectangleTool } from '../../../../../../src-renderer/src/features/masks/lib/tools/rectangle.ts'

const WIDTH = 10
const HEIGHT = 6
const PLAIN = { shift: false, alt: false }
const at = (x: number, y: number, pressure = 1) => ({ x, y, pressure, time: 0 })

/** An editor that keeps everything. */
class Sheet implements Editing {
  readonly sheet: MaskSheet
  labels: string[] = []

  constructor(width = WIDTH, height = HEIGHT) {
    this.sheet = new MaskSheet({ data: new Uint8Array(width * height), width, height })
  }

  begin(): boolean {
    this.sheet.begin()
    return true
  }

  paint(draw: (mask: Mask) => Rectangle): void {
    this.sheet.paint(draw)
  }

  commit(label: string): void {
    if (this.sheet.end()) this.labels.push(label)
  }

  abandon(): void {
    this.sheet.abandon()
  }

  get picture(): string[] {
    const { data } = this.sheet
    return Array.from({ length: HEIGHT }, (_, y) =>
      [...data.subarray(y * WIDTH, (y + 1) * WIDTH)].map((v) => (v === 1 ? '#' : '.')).join(''),
    )
  }
}

describe('the brush', () => {
  const brush = (editing: Editing, value: 0 | 1 = 1) =>
    new BrushTool(editing, value, { radius: 0.5, usesPressure: true })

  it('paints one line from where the pointer went down to where it came up', () => {
    const sheet = new Sheet()
    const tool = brush(sheet)
    tool.down(at(1.5, 1.5), PLAIN)
    tool.move([at(4.5, 1.5), at(4.5, 3.5)])
    tool.up()
    expect(sheet.picture).toEqual([
      '..........',
      '.####.....',
      '....#.....',
      '....#.....',
      '..........',
      '..........',
    ])
    expect(sheet.labels).toEqual(['brush'])
  })

  it('erases with Alt, and joins strokes with Shift', () => {
    const sheet = new Sheet()
    const tool = brush(sheet)
    tool.down(at(0.5, 0.5), PLAIN)
    tool.up()
    tool.down(at(6.5, 0.5), { shift: true, alt: false })
    tool.up()
    expect(sheet.picture[0]).toBe('#######...')
    tool.down(at(3.5, 0.5), { shift: false, alt: true })
    tool.up()
    expect(sheet.picture[0]).toBe('###.###...')
    expect(sheet.labels).toEqual(['brush', 'brush', 'eraser'])
  })

  it('takes a stroke back that is given up, and knows what to repaint', () => {
    const sheet = new Sheet()
    const tool = brush(sheet)
    tool.down(at(2.5, 2.5), PLAIN)
    sheet.sheet.takeDirty()
    tool.move([at(5.5, 2.5)])
    tool.cancel()
    expect(sheet.picture.join('')).not.toContain('#')
    expect(sheet.labels).toEqual([])
    const dirty = sheet.sheet.takeDirty()
    expect(dirty.x0).toBeLessThanOrEqual(2)
    expect(dirty.x1).toBeGreaterThanOrEqual(6)
    expect(dirty.y0).toBeGreaterThan(0)
    expect(dirty.y1).toBeLessThan(HEIGHT)
  })

  it('is as wide as its preview under a mouse, and thinner under a light pen', () => {
    expect(pressureFactor(1)).toBe(1)
    expect(pressureFactor(0)).toBeLessThan(0.5)
    expect(pressureFactor(0.2)).toBeLessThan(pressureFactor(0.4))
  })
})

describe('areas', () => {
  it('fills the whole pixels of a rectangle, in whatever direction it is drawn', () => {
    const sheet = new Sheet()
    const tool = new RectangleTool(sheet)
    tool.down(at(4.2, 3.7), PLAIN)
    tool.move([at(1.9, 1.1)])
    tool.up()
    expect(sheet.picture.slice(0, 5)).toEqual([
      '..........',
      '.####.....',
      '.####.....',
      '.####.....',
      '..........',
    ])
  })

  it('fills what a lasso goes round', () => {
    const sheet = new Sheet()
    const tool = new LassoTool(sheet)
    tool.down(at(1, 1), PLAIN)
    tool.move([at(5, 1), at(5, 4), at(1, 4)])
    tool.up()
    expect(sheet.picture.slice(0, 5)).toEqual([
      '..........',
      '.####.....',
      '.####.....',
      '.####.....',
      '..........',
    ])
    expect(sheet.labels).toEqual(['lasso'])
  })

  it('closes a polygon by key or at its first corner, and takes corners back', () => {
    const sheet = new Sheet(100, 60)
    const tool = new PolygonTool(sheet)
    const press = (x: number, y: number) => {
      tool.down(at(x, y), PLAIN)
      tool.up()
    }
    const area = () => sheet.sheet.data.reduce((sum, value) => sum + value, 0)
    press(10, 10)
    press(50, 10)
    press(90, 50)
    expect(tool.revision.value).toBe(3)
    tool.back()
    expect(tool.revision.value).toBe(2)
    press(50, 40)
    press(10, 40)
    tool.close()
    expect(area()).toBe(40 * 30)
    expect(tool.revision.value).toBe(0)
    press(60, 10)
    press(90, 10)
    press(90, 40)
    press(60, 40)
    press(63, 12)
    expect(area()).toBe(40 * 30 + 30 * 30)
    expect(sheet.labels).toEqual(['polygon', 'polygon'])
  })

  it('gives a polygon up', () => {
    const sheet = new Sheet()
    const tool = new PolygonTool(sheet)
    for (const [x, y] of [
      [1, 1],
      [5, 1],
      [5, 5],
    ] as const) {
      tool.down(at(x, y), PLAIN)
    }
    tool.cancel()
    tool.close()
    expect(sheet.labels).toEqual([])
  })

  it('turns the region under the pointer, and only where colours are alike', () => {
    const sheet = new Sheet()
    sheet.sheet.data.fill(1, 20, 30)
    const colours = new Uint8Array(WIDTH * HEIGHT * 3).map((_, i) =>
      Math.floor(i / 3) % WIDTH < 4 ? 10 : 200,
    )
    const limited = new FloodTool(sheet, () => ({ frame: colours, tolerance: 20 }))
    limited.down(at(1, 0))
    expect(sheet.picture.slice(0, 4)).toEqual([
      '####......',
      '####......',
      '##########',
      '..........',
    ])
    const plain = new FloodTool(sheet, () => undefined)
    plain.down(at(9, 2))
    expect(sheet.picture.join('')).not.toContain('#')
    plain.down(at(-1, 2))
    expect(sheet.labels).toEqual(['flood fill', 'flood fill'])
  })
})
