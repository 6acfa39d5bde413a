/** One mark of a drawing: an element of SVG. */
export interface Shape {
  tag: 'rect' | 'line' | 'path' | 'circle' | 'text' | 'image'
  /** Numbers are pixels. */
  attrs: Readonly<Record<string, string | number>>
  /** Of a text. */
  text?: string
  /** Shown when the pointer rests on it. */
  hint?: string
  /** Only what lies within the figure's `area` is drawn. Default false. */
  isClipped?: boolean
}

/** In pixels from the upper left corner. */
export interface Area {
  left: number
  top: number
  right: number
  bottom: number
}

/** A drawing that is shown on a page, and saved, as it is. */
export interface Figure {
  /** Pixels. */
  width: number
  height: number
  title: string
  shapes: readonly Shape[]
  /** What clipped shapes are clipped to. */
  area?: Area
}

/** The colours that a figure takes from the page that shows it; the palettes of the window have them. */
export interface FigurePalette {
  panel: string
  hover: string
  border: string
  'border-strong': string
  text: string
  'text-2': string
  'text-3': string
  accent: string
  'on-accent': string
  positive: string
  danger: string
  'series-2': string
}

export function text(
  content: string,
  x: number,
  y: number,
  attrs: Record<string, string | number> = {},
): Shape {
  return { tag: 'text', attrs: { x, y, ...attrs }, text: content }
}

/** Hundredths of a pixel are enough, and shorter. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Digits of a pixel in the outlines of paths, as `round` has them. */
export const DIGITS = 2

/** Pixels: about as wide as a letter is, and what lies between two names. */
const LETTER = 6.2
const BETWEEN = 34
const LINE = 18

/** The drawing with a line of names and their colours under it, for where nothing else says them. */
export function withKey(
  figure: Figure,
  names: readonly { name: string; colour: string }[],
  fill: string,
): Figure {
  let [x, line] = [12, 1]
  const shapes = names.flatMap(({ name, colour }): Shape[] => {
    const room = name.length * LETTER + BETWEEN
    if (x > 12 && x + room > figure.width) [x, line] = [12, line + 1]
    const [left, y] = [x, figure.height + line * LINE]
    x += room
    return [
      { tag: 'rect', attrs: { x: left, y: y - 9, width: 10, height: 10, rx: 3, fill: colour } },
      text(name, left + 16, y, { fill }),
    ]
  })
  return {
    ...figure,
    height: figure.height + (line + 0.6) * LINE,
    shapes: [...figure.shapes, ...shapes],
  }
}
