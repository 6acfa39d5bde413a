import { escapeMarkup } from '../text/markup.ts'
import { round, type Area, type Figure, type Shape } from './figure.ts'

/** The drawing as a file of its own, on a background. */
export function figureAsSvg(figure: Figure, background: string): string {
  const { width, height, title } = figure
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, system-ui, sans-serif" font-size="11">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${background}"/>`,
    ...elementsOf(figure),
    '</svg>',
  ].join('\n')
}

/** The drawing as an element of an HTML page, whose style sheet gives the colours. @param attrs of the element */
export function figureAsElement(
  figure: Figure,
  attrs: Readonly<Record<string, string | number>> = {},
): string {
  const size = [figure.width, figure.height].map(round).join(' ')
  const own = { viewBox: `0 0 ${size}`, role: 'img', 'aria-label': figure.title, ...attrs }
  return `<svg xmlns="http://www.w3.org/2000/svg"${written(own)}>${elementsOf(figure).join('')}</svg>`
}

const CLIP = 'area'

function elementsOf({ area, shapes }: Figure): string[] {
  return [...(area ? [clipPath(area)] : []), ...shapes.map(elementOf)]
}

function clipPath({ left, top, right, bottom }: Area): string {
  const rect = written({ x: left, y: top, width: right - left, height: bottom - top })
  return `<clipPath id="${CLIP}"><rect${rect}/></clipPath>`
}

function elementOf({ tag, attrs, text = '', hint, isClipped }: Shape): string {
  const title = hint === undefined ? '' : `<title>${escapeMarkup(hint)}</title>`
  const all = isClipped ? { ...attrs, 'clip-path': `url(#${CLIP})` } : attrs
  const inner = escapeMarkup(text) + title
  return inner === '' ? `<${tag}${written(all)}/>` : `<${tag}${written(all)}>${inner}</${tag}>`
}

function written(attrs: Shape['attrs']): string {
  return Object.entries(attrs)
    .map(([name, value]) => {
      return ` ${name}="${typeof value === 'number' ? round(value) : escapeMarkup(value)}"`
    })
    .join('')
}
