import { computed } from 'vue'
import { frameOfWindow } from '#shared/masks/window.ts'
import type { Mask } from '#shared/masks/mask.ts'
import { useFlow } from '../../player/use-flow.ts'
import type { ShownMask } from '../lib/stage-tool.ts'
import { useMaskLayers } from '../mask-settings-store.ts'
import { useBackground } from './use-background.ts'
import type { useClipMask } from './use-clip-mask.ts'
import type { ClipStage } from './use-clip-stage.ts'
import { useFrameTruth } from './use-frame-truth.ts'
import type { useMaskFacts } from './use-mask-facts.ts'
import { useMaskScene } from './use-mask-scene.ts'
import type { OpenClip } from './use-open-clip.ts'

/** What the stage paints: the frame, its masks, its flow, and another video behind the foreground. */
export function useStagePictures(options: {
  open: OpenClip
  made: ReturnType<typeof useClipMask>
  facts: ReturnType<typeof useMaskFacts>
  stage: ClipStage
  /** The mask under correction, which takes the place of FAME's. */
  corrected: () => ShownMask | null
  /** The mask of the frame before, where it is outlined. */
  onion: () => Mask | null
}) {
  const { open, made, facts, corrected, onion } = options
  const { stage, frame } = options.stage
  const { player } = stage
  const { videoId, readable, clip } = open
  const look = useMaskLayers()
  const background = useBackground({
    wanted: () => look.layers.merged.shown,
    videoId: () => videoId.value,
    shape: () => clip.value,
    position: () => Math.round((player.shown.value - clip.value.start) / clip.value.stride),
  })
  function randomBackground() {
    look.layers.merged.shown = true
    void background.random()
  }
  const flow = useFlow(() => {
    const from = look.layers.flow.shown ? frame() : null
    // From the last frame nothing leads on.
    return from && from.index < open.count.value - 1 ? from : null
  })
  const problem = computed(() => open.failure.value ?? made.failure.value ?? player.failure.value)
  const isByFrame = computed(
    () => look.truth && look.truthOf === 'frame' && facts.truth.value !== null,
  )
  const frameTruth = useFrameTruth(() =>
    isByFrame.value && !player.playing.value ? frame() : null,
  )
  const { scene, mostChange } = useMaskScene({
    video: () => ({ width: readable.value?.width ?? 4, height: readable.value?.height ?? 3 }),
    planes: () => made.planes.value,
    cut: () => made.cut.value?.mask ?? null,
    corrected,
    onion,
    truth: () => (isByFrame.value ? frameTruth.value : facts.truth.value),
    frame: () => stage.picture.value,
    hasFailed: () => problem.value !== null,
    other: () => background.picture.value,
    flow: () => flow.picture.value,
    at: () => {
      const window = open.clipWindow.value
      return window && frameOfWindow(player.shown.value, window)
    },
    versions: () => stage.version.value + background.version.value + flow.version.value,
  })
  return { background, randomBackground, flow, problem, frameTruth, scene, mostChange }
}
