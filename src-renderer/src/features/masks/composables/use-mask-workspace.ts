import { computed, ref, watch } from 'vue'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { useMaskLayers, useMaskSettings } from '../mask-settings-store.ts'
import { useBackground } from './use-background.ts'
import { useClipMask } from './use-clip-mask.ts'
import { useEnergy } from './use-energy.ts'
import { useFrameTruth } from './use-frame-truth.ts'
import { useKeptBeta } from './use-kept-beta.ts'
import { useListedVideos } from './use-listed-videos.ts'
import { useMaskChanges } from './use-mask-changes.ts'
import { useMaskCommands } from './use-mask-commands.ts'
import { useMaskEditor } from './use-mask-editor.ts'
import { useMaskFacts } from './use-mask-facts.ts'
import { useMaskReview } from './use-mask-review.ts'
import { useMaskScene } from './use-mask-scene.ts'
import { useMaskTools } from './use-mask-tools.ts'
import { useOpenClip } from './use-open-clip.ts'
import { useReviewQueue } from './use-review-queue.ts'
import { useStagePlayer } from './use-stage-player.ts'

export type MaskWorkspace = ReturnType<typeof useMaskWorkspace>

/** One clip on the stage with its masks, and the lists that it comes from. Use once a view. */
export function useMaskWorkspace() {
  const { settings } = useMaskSettings()
  const look = useMaskLayers()
  const open = useOpenClip()
  const { videoId, readable, clip, clipWindow, go, setClip } = open

  const made = useClipMask(() => clipWindow.value)
  const { planes, cut, origin, isBefore } = made
  const facts = useMaskFacts({ video: () => readable.value, window: () => clipWindow.value })
  const editor = useMaskEditor({
    window: clipWindow,
    fame: made.fame,
    hasFame: () => made.isCurrent.value,
    origin: () => origin.value,
  })
  const motion = useEnergy(() => {
    const known = readable.value
    return known?.frames ? { id: known.id, frames: known.frames } : null
  })

  const loopClip = ref(true)
  const scale = ref(1)
  const stage = useStagePlayer({
    video: () => readable.value,
    window: () => clipWindow.value,
    loopClip: () => loopClip.value,
    scale: () => scale.value,
  })
  const { player } = stage
  const frame = () =>
    readable.value ? { videoId: readable.value.id, index: Math.max(0, player.shown.value) } : null
  const tools = useMaskTools({ editor, frame })
  const showsFame = ref(false)
  watch([clipWindow, tools.tool], () => (showsFame.value = false))
  const ownMask = computed(() => (showsFame.value ? null : editor.shown.value))
  const changes = useMaskChanges({ editor, reach: () => tools.settings.value.reach })
  const listed = useListedVideos({ videoId, open: (id) => go({ videoId: id, start: 0 }) })
  const review = useMaskReview({
    editor,
    listed,
    queue: useReviewQueue({ current: clipWindow, open: openListed }),
    origin: () => origin.value,
    beta: () => cut.value?.beta ?? settings.beta,
  })
  /** Shows a clip of the list as it was scored, so that its reasons fit what is on the stage. */
  function openListed(window: ClipWindow, isScored: boolean) {
    if (isScored) Object.assign(settings, { variant: 'fame', adaptive: true })
    go(window)
  }
  const background = useBackground({
    wanted: () => look.layers.merged.shown,
    videoId: () => videoId.value,
    shape: () => clip.value,
    position: () => Math.round((player.shown.value - clip.value.start) / clip.value.stride),
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
    planes: () => planes.value,
    cut: () => cut.value?.mask ?? null,
    corrected: () => ownMask.value,
    truth: () => (isByFrame.value ? frameTruth.value : facts.truth.value),
    frame: () => stage.picture.value,
    hasFailed: () => problem.value !== null,
    other: () => background.picture.value,
    versions: () => stage.version.value + background.version.value,
  })
  const commands = useMaskCommands({
    settings: () => settings,
    beta: () => cut.value?.beta ?? settings.beta,
    moveClip: (by) => setClip({ ...clip.value, start: clip.value.start + by }),
    toggleBefore: () => (isBefore.value = !isBefore.value),
    randomBackground: () => {
      look.layers.merged.shown = true
      void background.random()
    },
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
    motion,
    stage,
    tools,
    changes,
    listed,
    review,
    background,
    commands,
    scene,
    mostChange,
    problem,
    loopClip,
    scale,
    showsFame,
    frameTruth,
  }
}
