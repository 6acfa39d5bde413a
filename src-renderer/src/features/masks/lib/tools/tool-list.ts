import type { IconName } from '../../../../ui/icons.ts'
import type { Taking } from './clicks.ts'

export const maskTools = [
  { id: 'brush', label: 'Brush', icon: 'brush', shortcut: 'B' },
  { id: 'eraser', label: 'Eraser', icon: 'eraser', shortcut: 'E' },
  { id: 'polygon', label: 'Polygon', icon: 'polygon', shortcut: 'P' },
  { id: 'rectangle', label: 'Rectangle', icon: 'rectangle', shortcut: 'R' },
  { id: 'lasso', label: 'Lasso', icon: 'lasso', shortcut: 'O' },
  { id: 'flood', label: 'Flood fill', icon: 'fill', shortcut: 'F' },
  { id: 'clicks', label: 'Clicks', icon: 'target', shortcut: 'Shift+K' },
] as const satisfies readonly { id: string; label: string; icon: IconName; shortcut: string }[]
export type MaskToolId = (typeof maskTools)[number]['id']

export interface ToolSettings {
  /** Diameter of brush and eraser in video pixels. */
  size: number
  /** Whether a pen's pressure counts. */
  pressure: boolean
  /** Whether a fill keeps to colours like the one it starts from. */
  colours: boolean
  /** How different a colour may be, 0..255. */
  tolerance: number
  /** What becomes of the mask when the object that was clicked on is taken. */
  taking: Taking
  /** How far grow, shrink and smooth reach, in video pixels. */
  reach: number
}

/** Diameter in video pixels. */
export const LARGEST_BRUSH = 400
