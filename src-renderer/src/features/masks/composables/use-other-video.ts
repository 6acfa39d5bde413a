import { ref, shallowRef } from 'vue'
import type { Video } from '#shared/contract/videos.ts'
import { clipSpan, type ClipShape } from '#shared/fame/clip-window.ts'
import { Rng } from '#shared/random/rng.ts'
import { client } from '../../../api/client.ts'

/** Videos tried before there is none that can be read. */
const TRIES = 8

/** Another video than the one that is looked at, and where its clip starts: at random. */
export function useOtherVideo(options: {
  videoId: () => number | null
  shape: () => ClipShape
  /** Before another one is used. */
  onChange: () => void
}) {
  const rng = new Rng(Date.now())
  const video = shallowRef<Video | null>(null)
  const start = ref(0)
  const failure = shallowRef<unknown>(null)

  function use(next: Video) {
    options.onChange()
    failure.value = null
    start.value = rng.int(Math.max(1, (next.frames ?? 1) - clipSpan(options.shape()) + 1))
    video.value = next
  }
  async function choose(id: number) {
    try {
      use(await client.videos.get({ id }))
    } catch (error) {
      failure.value = error
    }
  }
  /** Any other video that can be read. */
  async function random() {
    try {
      const { total } = await client.videos.query({ limit: 1 })
      for (let i = 0; i < TRIES && total > 0; i++) {
        const { items } = await client.videos.query({ limit: 1, offset: rng.int(total) })
        const [found] = items
        if (found && !found.error && found.frames && found.id !== options.videoId()) {
          return use(found)
        }
      }
      failure.value = new Error('No other video can be read. Index more videos in Library.')
    } catch (error) {
      failure.value = error
    }
  }
  return { video, start, failure, choose, random }
}
