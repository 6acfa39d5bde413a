import { MASK_VARIANTS } from '#shared/views/merge-settings.ts'
import { farCommand } from '../../../commands/catalogue.ts'
import { commandsOf, type Command } from '../../../commands/command.ts'
import type { MaskSettings } from '../mask-settings-store.ts'
import { useCommands } from '../../../commands/use-commands.ts'

/** Keys of the clip and of what its mask is made with. */
export function useMaskCommands(options: {
  settings: () => MaskSettings
  /** The beta that the mask in sight is cut at. */
  beta: () => number
  moveClip: (by: number) => void
  /** Shows the clip without compensation, or with it again. */
  toggleBefore: () => void
  randomBackground: () => void
}) {
  const { settings } = options
  function changeBeta(by: number) {
    const beta = Math.min(0.99, Math.max(0.01, options.beta() + by))
    settings().adaptive = false
    settings().beta = Math.round(beta * 100) / 100
  }
  function nextVariant() {
    const at = MASK_VARIANTS.indexOf(settings().variant)
    settings().variant = MASK_VARIANTS[(at + 1) % MASK_VARIANTS.length] ?? 'fame'
  }
  const command = commandsOf('Masks')
  const [earlier, later, , , , , before, background] = useCommands([
    command('masks.earlier', 'Move the clip one frame earlier', ',', () => options.moveClip(-1)),
    command('masks.later', 'Move the clip one frame later', '.', () => options.moveClip(1)),
    command('masks.less', 'Less foreground', '-', () => changeBeta(-0.05)),
    command('masks.more', 'More foreground', '+ =', () => changeBeta(0.05)),
    command('masks.variant', 'Next variant of the mask', 'V', nextVariant),
    {
      ...farCommand('masks.adaptive'),
      shortcut: 'U',
      perform: () => (settings().adaptive = !settings().adaptive),
    },
    {
      name: 'masks.before',
      label: 'Show the clip before or after camera compensation',
      group: 'Masks',
      shortcut: 'W',
      enabled: () => settings().compensate,
      perform: options.toggleBefore,
    },
    {
      ...farCommand('masks.background'),
      shortcut: 'M',
      perform: options.randomBackground,
    },
  ] as const satisfies readonly Command[])
  return { earlier, later, before, background }
}
