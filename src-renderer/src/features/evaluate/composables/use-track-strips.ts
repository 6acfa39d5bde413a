import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { TrackedBy, TrackedVideoRow } from '#shared/tasks/tracking/artefact.ts'
import { loadPicture } from '../../../api/load-picture.ts'
import { evaluationPictureUrl } from '../../../api/pictures.ts'
import { labelEdges, labelPixels } from '../lib/label-layers.ts'
import { repainted } from '../lib/strips.ts'

/** What is shown of a tracked video: frames side by side. */
export interface TrackLayers {
  clip: ImageBitmap
  /** Null where the tracker has left no labels. */
  labels: OffscreenCanvas | null
  truth: OffscreenCanvas
}

interface Source {
  evaluationId: number
  pictures: TrackedVideoRow['pictures']
  tracker: TrackedBy
}

/** The pictures of a tracked video, fetched when the video or the tracker changes. */
export function useTrackStrips(source: MaybeRefOrGetter<Source>) {
  const layers = shallowRef<TrackLayers | null>(null)
  const failure = shallowRef<unknown>(null)

  watch(
    () => JSON.stringify(toValue(source)),
    async (_now, _before, onCleanup) => {
      const controller = new AbortController()
      onCleanup(() => controller.abort())
      failure.value = null
      try {
        const loaded = await load(toValue(source), controller.signal)
        if (controller.signal.aborted) loaded?.clip.close()
        else replace(loaded)
      } catch (error) {
        if (controller.signal.aborted) return
        replace(null)
        failure.value = error
      }
    },
    { immediate: true },
  )
  function replace(loaded: TrackLayers | null) {
    layers.value?.clip.close()
    layers.value = loaded
  }
  onScopeDispose(() => replace(null))
  return { layers, failure }
}

async function load(
  { evaluationId, pictures, tracker }: Source,
  signal: AbortSignal,
): Promise<TrackLayers | null> {
  if (!pictures) return null
  const fetched = (name: string) => loadPicture(evaluationPictureUrl(evaluationId, name), signal)
  const name = pictures.tracks[tracker]
  const [clip, labels, truth] = await Promise.all([
    fetched(pictures.clip),
    name ? fetched(name) : null,
    fetched(pictures.truth),
  ])
  const { width } = truth
  return {
    clip,
    labels: labels && repainted(labels, labelPixels),
    truth: repainted(truth, (grey) => labelEdges(grey, width, pictures.width)),
  }
}
