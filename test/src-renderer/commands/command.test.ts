import { describe, expect, it } from 'vitest'
import {
  commandFor,
  keysOf,
  shortKeysOf,
  matchScore,
  mayTake,
  shortcutOf,
  type Command,
} from '../../../src-renderer/src/commands/command.ts'

function press(key: string, held: Partial<Record<'ctrl' | 'meta' | 'alt' | 'shift', true>> = {}) {
  return shortcutOf({
    key,
    ctrlKey: held.ctrl ?? false,
    metaKey: held.meta ?? false,
    altKey: held.alt ?? false,
    shiftKey: held.shift ?? false,
  })
}
function command(name: string, more: Partial<Command> = {}): Command {
  return { name, label: name, group: 'Go to', perform: () => {}, ...more }
}

describe('shortcutOf', () => {
  it('spells keys as commands write them', () => {
    expect(press('k', { ctrl: true })).toBe('Ctrl+K')
    expect(press('k', { meta: true })).toBe('Ctrl+K')
    expect(press(' ')).toBe('Space')
    expect(press('ArrowLeft', { shift: true })).toBe('Shift+ArrowLeft')
    expect(press('1')).toBe('1')
  })

  it('does not ask for shift where a sign needs it on some keyboards', () => {
    expect(press('?', { shift: true })).toBe('?')
    expect(press('?')).toBe('?')
    expect(press('L', { shift: true })).toBe('Shift+L')
  })
})

describe('mayTake', () => {
  it('leaves typing to a text field, but not commands with Ctrl', () => {
    expect(mayTake('1', 'text')).toBe(false)
    expect(mayTake('Space', 'text')).toBe(false)
    expect(mayTake('Ctrl+K', 'text')).toBe(true)
    expect(mayTake('Ctrl+Z', 'text')).toBe(false)
    expect(mayTake('Ctrl+A', 'none')).toBe(true)
  })

  it('leaves to each control the keys that work it', () => {
    expect(mayTake('Space', 'button')).toBe(false)
    expect(mayTake('ArrowLeft', 'button')).toBe(true)
    expect(mayTake('ArrowLeft', 'slider')).toBe(false)
    expect(mayTake('Shift+ArrowLeft', 'slider')).toBe(false)
    expect(mayTake('Space', 'slider')).toBe(true)
    expect(mayTake('ArrowDown', 'menu')).toBe(false)
    expect(mayTake('J', 'none')).toBe(true)
  })
})

describe('commandFor', () => {
  it('prefers the innermost view, unless its command makes no sense now', () => {
    const outer = command('outer', { shortcut: 'N' })
    const inner = command('inner', { shortcut: 'N' })
    expect(commandFor([outer, inner], 'N')).toBe(inner)
    const disabled = command('inner', { shortcut: 'N', enabled: () => false })
    expect(commandFor([outer, disabled], 'N')).toBe(outer)
  })

  it('knows every one of several shortcuts', () => {
    const toggle = command('toggle', { shortcut: 'Space K' })
    expect(commandFor([toggle], 'Space')).toBe(toggle)
    expect(commandFor([toggle], 'K')).toBe(toggle)
    expect(commandFor([toggle], 'S')).toBeUndefined()
  })
})

describe('matchScore', () => {
  it('finds every word in any order, and prefers the start of words', () => {
    expect(matchScore('New run Runs', 'run new')).toBeGreaterThan(0)
    expect(matchScore('New run', 'run')).toBeGreaterThan(matchScore('Prune', 'run'))
  })

  it('reads a query as the first letters of words, but not as letters strewn over the text', () => {
    expect(matchScore('One frame back', 'ofb')).toBeGreaterThan(0)
    expect(matchScore('Notify me when runs end', 'new run')).toBe(0)
  })

  it('takes signs of regular expressions as they are', () => {
    expect(matchScore('Reproduce (again)', '(again')).toBeGreaterThan(0)
    expect(matchScore('Reproduce', '.*')).toBe(0)
  })

  it('lets everything pass for an empty query', () => {
    expect(matchScore('anything', ' ')).toBe(1)
  })
})

it('prints the keys of a shortcut', () => {
  expect(keysOf('Shift+ArrowLeft')).toEqual(['Shift', '←'])
  expect(keysOf('Ctrl+K')).toEqual(['Ctrl', 'K'])
  expect(keysOf('+ =')).toEqual(['+'])
  expect(['Shift+F', '7', 'Ctrl+Shift+Z'].map(shortKeysOf)).toEqual(['⇧F', '7', 'Ctrl ⇧Z'])
  expect(keysOf('Ctrl++')).toEqual(['Ctrl', '+'])
})
