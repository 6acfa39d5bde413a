import { useStorage } from '@vueuse/core'
import { computed, ref } from 'vue'

const isWanted = useStorage('fame.notify', true)
/** Browsers have notifications on secure pages alone: this machine, https, or the window. */
const isKnown = 'Notification' in window
const permission = ref<NotificationPermission>(isKnown ? Notification.permission : 'denied')

export interface Notice {
  title: string
  text: string
  /** One of the same tag takes the place of the one before. */
  tag: string
  onOpen: () => void
}

/** Notifications of the system, where a person has allowed them and wants them. */
export function useNotify() {
  /** Whether they can be had at all. */
  const isPossible = computed(() => permission.value !== 'denied')
  const isOn = computed(() => permission.value === 'granted' && isWanted.value)

  /** Turns them on or off; asks for permission first where nobody has answered yet. */
  async function toggle() {
    if (permission.value === 'default') {
      permission.value = await Notification.requestPermission()
      isWanted.value = permission.value === 'granted'
    } else isWanted.value = !isWanted.value
  }

  /** Shows one without a sound, unless the page has the attention anyway. */
  function notify({ title, text, tag, onOpen }: Notice) {
    if (!isOn.value || document.hasFocus()) return
    const shown = new Notification(title, { body: text, tag, silent: true })
    shown.onclick = () => {
      window.focus()
      onOpen()
      shown.close()
    }
  }
  return { isPossible, isOn, toggle, notify }
}
