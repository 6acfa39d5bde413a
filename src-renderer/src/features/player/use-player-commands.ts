import type { Command } from '../../commands/command.ts'
import { useCommands } from '../../commands/use-commands.ts'
import type { FramePlayer } from './use-frame-player.ts'

/** What the keys of a video editor do: J, K, L, space and arrows. */
export function usePlayerCommands(player: FramePlayer) {
  const enabled = () => player.count.value > 0
  const [toggle, back, forward] = useCommands([
    {
      name: 'player.toggle',
      label: 'Play or pause',
      group: 'Player',
      shortcut: 'Space K',
      enabled,
      perform: () => player.toggle(),
    },
    {
      name: 'player.back',
      label: 'One frame back',
      group: 'Player',
      shortcut: 'ArrowLeft',
      enabled,
      perform: () => player.step(-1),
    },
    {
      name: 'player.forward',
      label: 'One frame forward',
      group: 'Player',
      shortcut: 'ArrowRight',
      enabled,
      perform: () => player.step(1),
    },
    {
      name: 'player.play-backward',
      label: 'Play backward',
      group: 'Player',
      shortcut: 'J',
      enabled,
      perform: () => player.play(-1),
    },
    {
      name: 'player.play-forward',
      label: 'Play forward',
      group: 'Player',
      shortcut: 'L',
      enabled,
      perform: () => player.play(1),
    },
    {
      name: 'player.back-10',
      label: 'Ten frames back',
      group: 'Player',
      shortcut: 'Shift+ArrowLeft',
      enabled,
      perform: () => player.step(-10),
    },
    {
      name: 'player.forward-10',
      label: 'Ten frames forward',
      group: 'Player',
      shortcut: 'Shift+ArrowRight',
      enabled,
      perform: () => player.step(10),
    },
    {
      name: 'player.first',
      label: 'First frame',
      group: 'Player',
      shortcut: 'Home',
      enabled,
      perform: () => player.step(-player.count.value),
    },
    {
      name: 'player.last',
      label: 'Last frame',
      group: 'Player',
      shortcut: 'End',
      enabled,
      perform: () => player.step(player.count.value),
    },
  ] as const satisfies readonly Command[])
  return { toggle, back, forward }
}
