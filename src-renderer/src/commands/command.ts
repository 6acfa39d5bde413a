/** One thing a person can do. Palette, buttons, keys and the list of shortcuts share the object. */
export interface Command {
  /** Unique, e.g. `player.step-forward`. */
  name: string
  label: string
  group:
    | 'Go to'
    | 'Library'
    | 'Player'
    | 'Masks'
    | 'Layers'
    | 'Correct'
    | 'Review'
    | 'Runs'
    | 'Evaluate'
    | 'Notices'
    | 'Window'
  /** `Ctrl+K`, `Shift+ArrowLeft`, `Space`, `?`; several are separated by a blank. */
  shortcut?: string
  /** Whether it makes sense now; left out: always. */
  enabled?: () => boolean
  /** Why it is not enabled, as a sentence; asked for only then. */
  reason?: () => string
  perform: () => void
}

/**
 * Makes commands of one group that make sense at the same time.
 * @param enabled default: always
 */
export function commandsOf(group: Command['group'], enabled: () => boolean = () => true) {
  return (name: string, label: string, shortcut: string, perform: () => void) =>
    ({ name, label, group, shortcut, enabled, perform }) satisfies Command
}

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** The shortcut that a key press spells. The command key of a Mac counts as Ctrl. */
export function shortcutOf(press: KeyPress): string {
  const printable = press.key.length === 1
  const key = press.key === ' ' ? 'Space' : printable ? press.key.toUpperCase() : press.key
  const isLetter = printable && press.key.toUpperCase() !== press.key.toLowerCase()
  // A printed sign such as ? already says that shift was held; letters and named keys do not.
  const shift = press.shiftKey && (isLetter || !printable || key === 'Space')
  return [
    press.ctrlKey || press.metaKey ? 'Ctrl' : '',
    press.altKey ? 'Alt' : '',
    shift ? 'Shift' : '',
    key,
  ]
    .filter((part) => part !== '')
    .join('+')
}

/** What has the focus when a key is pressed. */
export type FocusKind = 'text' | 'button' | 'slider' | 'menu' | 'none'

/** Whether a shortcut may act, or the key belongs to what has the focus. */
export function mayTake(shortcut: string, focus: FocusKind): boolean {
  // What is typed has its own selection and its own undo.
  if (focus === 'text' && /^Ctrl\+(Shift\+)?[ACVXYZ]$/.test(shortcut)) return false
  if (/^(Ctrl|Alt)\+/.test(shortcut)) return true
  const key = shortcut.replace(/^Shift\+/, '')
  if (focus === 'text') return false
  if (focus === 'menu') return !/^(Arrow|Enter|Space|Escape|Home|End|Page)/.test(key)
  if (focus === 'button') return key !== 'Space' && key !== 'Enter'
  if (focus === 'slider') return !/^(Arrow|Home$|End$|Page)/.test(key)
  return true
}

export function isEnabled(command: Command): boolean {
  return command.enabled?.() ?? true
}

/** Why a command is disabled; undefined where it is enabled or gives no reason. */
export function disabledReason(command: Command): string | undefined {
  return isEnabled(command) ? undefined : command.reason?.()
}

/** The command a shortcut stands for: the one registered last wins, as it belongs to the innermost view. */
export function commandFor(commands: readonly Command[], shortcut: string): Command | undefined {
  return commands.findLast(
    (command) => command.shortcut?.split(' ').includes(shortcut) && isEnabled(command),
  )
}

/**
 * How well a text answers a query; 0: not at all, greater is better. Every word of the query must be in
 * the text, best at the start of a word; else the query may spell the first letters of words.
 */
export function matchScore(text: string, query: string): number {
  const hay = text.toLowerCase()
  const words = query.toLowerCase().split(' ').filter(Boolean)
  if (words.length === 0) return 1
  const starts = hay.split(/[^\p{L}\p{N}]+/u)
  const found = words.map((word) => {
    if (hay.startsWith(word) || starts.some((start) => start.startsWith(word))) return 3
    return hay.includes(word) ? 2 : 0
  })
  const share = query.trim().length / Math.max(1, hay.length)
  if (found.every((score) => score > 0)) return Math.min(...found) + share
  const initials = starts.map((word) => word[0] ?? '').join('')
  return words.length === 1 && initials.includes(words[0] ?? '') ? 1 + share : 0
}

const signs: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
}

/** The first shortcut as keys to print: ['Ctrl', 'K']. */
export function keysOf(shortcut: string): string[] {
  const first = shortcut.split(' ')[0] ?? ''
  return first.split(/(?<=.)\+(?=.)/).map((key) => signs[key] ?? key)
}

/** The first shortcut where there is little room: '⇧F'. */
export function shortKeysOf(shortcut: string): string {
  return keysOf(shortcut).join(' ').replace('Shift ', '⇧')
}
