import { useStorage } from '@vueuse/core'

/** The width of a panel in pixels, kept between visits. */
export const usePanelWidth = (panel: string, usual: number) =>
  useStorage(`fame.width.${panel}`, usual)
