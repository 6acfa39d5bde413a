import { useMaskSettings } from '../mask-settings-store.ts'
import { useClipMask } from './use-clip-mask.ts'
import { useClipStage } from './use-clip-stage.ts'
import { useEnergy } from './use-energy.ts'
import { useKeptBeta } from './use-kept-beta.ts'
import { useMaskCommands } from './use-mask-commands.ts'
import { useMaskCorrection } from './use-mask-correction.ts'
import { useMaskFacts } from './use-mask-facts.ts'
import { useMaskLists } from './use-mask-lists.ts'
import { useOpenClip } from './use-open-clip.ts'
import { useStagePictures } from './use-stage-pictures.ts'

export type MaskWorkspace = ReturnType<typeof useMaskWorkspace>

/** One clip on the stage with its masks, and the lists that it comes from. Use once a view. */
export function useMaskWorkspace() {
  const { settings } = useMaskSettings()
  const open = useOpenClip()
  const { readable, clip, clipWindow, setClip } = open
  const made = useClipMask(() => clipWindow.value)
  const origin = () => made.origin.value
  /** The beta that the mask in sight is cut at. */
  const beta = () => made.cut.value?.beta ?? settings.beta
  const facts = useMaskFacts({ video: () => readable.value, window: () => clipWindow.value })
  const motion = useEnergy(() => {
    const known = readable.value
    return known?.frames ? { id: known.id, frames: known.frames } : null
  })
  const clipStage = useClipStage(open)
  const { stage, loopClip, scale } = clipStage
  const correction = useMaskCorrection(() => clipWindow.value, made, clipStage)
  const { editor, frames, tools, changes, showsFame, corrected } = correction
  const { listed, review } = useMaskLists({ open, editor, origin, beta })
  const { randomBackground, ...pictures } = useStagePictures({
    open,
    made,
    facts,
    stage: clipStage,
    corrected: () => corrected.value,
    onion: () => frames.onion.value,
  })
  const commands = useMaskCommands({
    settings: () => settings,
    beta,
    moveClip: (by) => setClip({ ...clip.value, start: clip.value.start + by }),
    toggleBefore: () => (made.isBefore.value = !made.isBefore.value),
    randomBackground,
  })
  useKeptBeta({
    window: () => clipWindow.value,
    isKnown: () => facts.isKnown.value,
    kept: () => facts.betas.value,
    settings: () => settings,
  })
  return {
    open,
    made,
    facts,
    editor,
    frames,
    motion,
    stage,
    tools,
    changes,
    listed,
    review,
    commands,
    loopClip,
    scale,
    showsFame,
    ...pictures,
  }
}
