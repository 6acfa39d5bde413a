import { commandsOf } from '../../commands/command.ts'
import { useCommands } from '../../commands/use-commands.ts'
import type { FramePlayer } from './use-frame-player.ts'

/** What the keys of a video editor do: J, K, L, space and arrows. */
export function usePlayerCommands(player: FramePlayer) {
  const command = commandsOf('Player', () => player.count.value > 0)
  const step = (by: number) => () => player.step(by)
  const [toggle, back, forward] = useCommands([
    command('player.toggle', 'Play or pause', 'Space K', () => player.toggle()),
    command('player.back', 'One frame back', 'ArrowLeft', step(-1)),
    command('player.forward', 'One frame forward', 'ArrowRight', step(1)),
    command('player.play-backward', 'Play backward', 'J', () => player.play(-1)),
    command('player.play-forward', 'Play forward', 'L', () => player.play(1)),
    command('player.back-10', 'Ten frames back', 'Shift+ArrowLeft', step(-10)),
    command('player.forward-10', 'Ten frames forward', 'Shift+ArrowRight', step(10)),
    command('player.first', 'First frame', 'Home', () => player.step(-player.count.value)),
    command('player.last', 'Last frame', 'End', () => player.step(player.count.value)),
  ])
  return { toggle, back, forward }
}
