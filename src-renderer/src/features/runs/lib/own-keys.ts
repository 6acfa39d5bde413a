/**
 * A listener that acts on keys of the element itself: buttons and fields within it have uses of their
 * own for these keys, and keys with a modifier are commands of the page.
 */
export function ownKeys(acts: Readonly<Record<string, () => void>>) {
  return (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : null
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
}
