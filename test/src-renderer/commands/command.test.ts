import { describe, expect, it } from 'vitest'
import {
  commandFor,
  keysOf,
  mayTake,
  searchCommands,
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

describe('searchCommands', () => {
  const commands = [
    command('a', { label: 'One frame back' }),
    command('b', { label: 'Evaluate the run', group: 'Runs' }),
    command('c', { label: 'New run', group: 'Runs' }),
  ]

  it('finds whole words before scattered letters', () => {
    expect(searchCommands(commands, 'new').map(({ name }) => name)[0]).toBe('c')
    expect(searchCommands(commands, 'ofb').map(({ name }) => name)).toEqual(['a'])
  })

  it('shows everything for an empty query and nothing for a foreign one', () => {
    expect(searchCommands(commands, '')).toHaveLength(3)
    expect(searchCommands(commands, 'zzz')).toEqual([])
  })
})

it('prints the keys of a shortcut', () => {
  expect(keysOf('Shift+ArrowLeft')).toEqual(['Shift', '←'])
  expect(keysOf('Ctrl+K')).toEqual(['Ctrl', 'K'])
  expect(keysOf('+ =')).toEqual(['+'])
  expect(keysOf('Ctrl++')).toEqual(['Ctrl', '+'])
})
