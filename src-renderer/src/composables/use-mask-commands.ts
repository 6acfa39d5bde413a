import type { WritableComputedRef } from 'vue'
import { MASK_VARIANTS } from '#shared/config/hyper-parameters.ts'
import type { Command } from '../commands/command.ts'
import type { MaskSettings } from '../stores/mask-settings.ts'
import { useCommands } from './use-commands.ts'

/** Keys of the mask inspector beside those of its player. */
export function useMaskCommands(options: {
  settings: () => MaskSettings
  start: WritableComputedRef<number>
}) {
  const { settings, start } = options
  function changeBeta(by: number) {
    const beta = Math.min(0.99, Math.max(0.01, settings().beta + by))
    settings().beta = Math.round(beta * 100) / 100
  }
  const [earlier, later] = useCommands([
    {
      name: 'masks.earlier',
      label: 'Move the clip one frame earlier',
      group: 'Masks',
      shortcut: ',',
      perform: () => (start.value -= 1),
    },
    {
      name: 'masks.later',
      label: 'Move the clip one frame later',
      group: 'Masks',
      shortcut: '.',
      perform: () => (start.value += 1),
    },
    {
      name: 'masks.less',
      label: 'Less foreground',
      group: 'Masks',
      shortcut: '-',
      perform: () => changeBeta(-0.05),
    },
    {
      name: 'masks.more',
      label: 'More foreground',
      group: 'Masks',
      shortcut: '+ =',
      perform: () => changeBeta(0.05),
    },
    {
      name: 'masks.variant',
      label: 'Next variant of the mask',
      group: 'Masks',
      shortcut: 'V',
      perform: () => {
        const at = MASK_VARIANTS.indexOf(settings().variant)
        settings().variant = MASK_VARIANTS[(at + 1) % MASK_VARIANTS.length] ?? 'fame'
      },
    },
  ] as const satisfies readonly Command[])
  return { earlier, later }
}
