import { useEventListener } from '@vueuse/core'
import { computed, onScopeDispose, shallowReactive, type ComputedRef } from 'vue'
import { commandFor, mayTake, shortcutOf, type Command, type FocusKind } from './command.ts'

const groups = shallowReactive(new Set<readonly Command[]>())

/** Every command that can be given now, innermost view last. */
export const allCommands: ComputedRef<Command[]> = computed(() => [...groups].flat())

/** Makes commands known for as long as the calling component lives; returns them by name. */
export function useCommands<const T extends readonly Command[]>(commands: T): T {
  groups.add(commands)
  onScopeDispose(() => groups.delete(commands))
  return commands
}

/** Gives commands by key, except where the key belongs to what has the focus. Call once. */
export function useCommandKeys(isSuspended: () => boolean): void {
  useEventListener(window, 'keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || isSuspended()) return
    // A dialog has the keys to itself, Escape above all.
    if (document.querySelector('dialog:modal')) return
    const shortcut = shortcutOf(event)
    if (!mayTake(shortcut, focusKind(event.target))) return
    const command = commandFor(allCommands.value, shortcut)
    if (!command) return
    event.preventDefault()
    command.perform()
  })
}

function focusKind(target: EventTarget | null): FocusKind {
  if (!(target instanceof HTMLElement)) return 'none'
  if (target instanceof HTMLInputElement) return target.type === 'range' ? 'slider' : 'text'
  if (target.isContentEditable || target.matches('textarea, select')) return 'text'
  if (target.closest('[role=listbox], [role=menu], .n-base-selection')) return 'menu'
  if (target.matches('[role=slider]')) return 'slider'
  if (target.closest('button, a, summary, [role=button], [role=tab], [role=radio]')) return 'button'
  return 'none'
}
