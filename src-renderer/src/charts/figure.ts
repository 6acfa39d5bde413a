import { escapeXml, svgDocument } from './figure-files.ts'

/** One mark of a drawing: an element of SVG. */
export interface Shape {
  tag: 'rect' | 'line' | 'path' | 'circle' | 'text' | 'image'
  attrs: Readonly<Record<string, string | number>>
  /** Of a text. */
  text?: string
  /** Shown when the pointer rests on it. */
  hint?: string
}

/** A drawing that is shown on the page and saved as it is. */
export interface Figure {
  /** Pixels. */
  width: number
  height: number
  title: string
  shapes: readonly Shape[]
}

export function text(
  content: string,
  x: number,
  y: number,
  attrs: Record<string, string | number> = {},
): Shape {
  return { tag: 'text', attrs: { x, y, ...attrs }, text: content }
}

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

/** The drawing as a file of its own. */
export function figureAsSvg({ shapes, ...figure }: Figure, background: string): string {
  return svgDocument({ ...figure, background, body: shapes.map(elementOf) })
}

function elementOf({ tag, attrs, text: content = '', hint }: Shape): string {
  const written = Object.entries(attrs).map(([name, value]) => {
    return ` ${name}="${typeof value === 'number' ? round(value) : escapeXml(value)}"`
  })
  const title = hint === undefined ? '' : `<title>${escapeXml(hint)}</title>`
  return `<${tag}${written.join('')}>${escapeXml(content)}${title}</${tag}>`
}

/** Hundredths of a pixel are enough, and shorter. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Round numbers from `low` to `high`, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? rough
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step)
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}
