import { farCommand } from '../../../commands/catalogue.ts'
import type { Command } from '../../../commands/command.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import { layerKey, maskStyles, stageLayers, type StageLayer } from '../lib/mask-layers.ts'
import { useMaskLayers } from '../mask-settings-store.ts'

/**
 * Keys of the layers, and of how they are laid out.
 * @param without why there is no such layer; undefined where there is
 */
export function useLayerCommands(without: (layer: StageLayer) => string | undefined) {
  const store = useMaskLayers()
  function toggle(id: StageLayer) {
    if (without(id) !== undefined) return
    store.layers[id].shown = !store.layers[id].shown
  }
  useCommands(
    stageLayers.map(({ id, label }): Command => ({
      name: `masks.layer-${id}`,
      label: `Toggle layer: ${label.toLowerCase()}`,
      group: 'Layers',
      shortcut: layerKey(id),
      enabled: () => without(id) === undefined,
      reason: () => without(id) ?? '',
      perform: () => toggle(id),
    })),
  )
  const [sideBySide, style, variants, truth, truthOf] = useCommands([
    {
      ...farCommand('masks.side-by-side'),
      shortcut: 'S',
      perform: () => (store.sideBySide = !store.sideBySide),
    },
    {
      ...farCommand('masks.style'),
      shortcut: 'D',
      perform: () => {
        const at = maskStyles.findIndex(({ value }) => value === store.style)
        store.style = maskStyles[(at + 1) % maskStyles.length].value
      },
    },
    {
      ...farCommand('masks.variants'),
      shortcut: 'Y',
      perform: () => (store.variantRow = !store.variantRow),
    },
    {
      ...farCommand('masks.truth'),
      shortcut: 'T',
      perform: () => (store.truth = !store.truth),
    },
    {
      name: 'masks.truth-of',
      label: 'True mask of this frame, or of the whole clip',
      group: 'Masks',
      shortcut: 'Shift+T',
      perform: () => {
        store.truth = true
        store.truthOf = store.truthOf === 'clip' ? 'frame' : 'clip'
      },
    },
  ] as const satisfies readonly Command[])
  return { toggle, sideBySide, style, variants, truth, truthOf }
}
