import { usePreferredDark, useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { ColourScheme } from './theme/palette.ts'

export type SchemeChoice = 'system' | ColourScheme

/** What a person chose about how the window looks; kept between visits. */
export const useAppearance = defineStore('appearance', () => {
  const choice = useStorage<SchemeChoice>('fame.scheme', 'system')
  const narrowSidebar = useStorage('fame.narrow-sidebar', false)
  const prefersDark = usePreferredDark()
  const scheme = computed<ColourScheme>(() =>
    choice.value === 'system' ? (prefersDark.value ? 'dark' : 'light') : choice.value,
  )
  function nextScheme() {
    const order: SchemeChoice[] = ['system', 'dark', 'light']
    choice.value = order[(order.indexOf(choice.value) + 1) % order.length] ?? 'system'
  }
  return { choice, scheme, narrowSidebar, nextScheme }
})
