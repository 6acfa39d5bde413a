import { useEventListener } from '@vueuse/core'
import { computed, ref } from 'vue'

/**
 * The space bar while the pointer is over the stage: held, it makes a drag move the picture.
 * @param tap it was pressed and let go without having been used
 */
export function useSpaceKey(isOver: () => boolean, tap: () => void) {
  const space = ref<'up' | 'held' | 'used'>('up')
  // Before the commands: space moves the picture while the pointer is over it.
  useEventListener(
    window,
    'keydown',
    (event) => {
      if (event.key !== ' ' || !isOver() || isTyping(event.target)) return
      event.preventDefault()
      if (space.value === 'up') space.value = 'held'
    },
    { capture: true },
  )
  useEventListener(window, 'keyup', (event) => {
    if (event.key !== ' ') return
    if (space.value === 'held') tap()
    space.value = 'up'
  })
  useEventListener(window, 'blur', () => (space.value = 'up'))
  function use() {
    if (space.value === 'held') space.value = 'used'
  }
  return { isDown: computed(() => space.value !== 'up'), use }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input:not([type=range]), textarea, select')
}
