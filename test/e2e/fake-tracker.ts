/** Speaks the trainer's side of an evaluation of tracking without TensorFlow: the encoder is a copy. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrackingArtefact } from '#shared/tasks/tracking/artefact.ts'
import { summarise } from '#shared/tracking/track-score.ts'
import { findTruth } from '#main/trainer/loader/tracking/object-truth.ts'
import { objectsIn } from '#main/trainer/loader/tracking/track-collector.ts'
import { trackVideo } from '#main/trainer/loader/tracking/track-video.ts'
import { writeTrackPictures } from '#main/trainer/tasks/tracking/track-pictures.ts'
import type {
  EvaluateJob,
  FromTrainer,
  ListedVideo,
  ToTrainer,
} from '#main/trainer/process/messages.ts'

function say(message: FromTrainer): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}

async function evaluate({ test, outputs, classes }: EvaluateJob): Promise<void> {
  const engine = { tensorflow: '0', device: 'CPU', deviceName: 'Fake' } as const
  await say({
    type: 'engine',
    engine: { ...engine, precision: 'float32', kernels: 'no kernels', notices: [] },
  })
  mkdirSync(outputs, { recursive: true })
  const videos: TrackingArtefact['videos'] = []
  const lines = readFileSync(test.file, 'utf8').trim().split('\n')
  for (const [place, line] of lines.entries()) {
    const listed = JSON.parse(line) as ListedVideo
    const video = { ...listed, path: join(test.root, listed.path) }
    const truth = (await findTruth(test.root, listed.path))!
    const task = { video, truth, size: 96, stride: 8, frames: 100 }
    const tracked = await trackVideo(task, () => undefined)
    const tracks = { ...tracked.tracks, encoder: tracked.tracks.copy }
    videos.push({
      ...{ videoId: listed.id ?? 0, path: listed.path, frames: listed.frames },
      objects: objectsIn(tracked.truth),
      tracks: Object.fromEntries(
        Object.entries(tracks).map(([name, { objects }]) => [name, objects]),
      ),
      pictures: await writeTrackPictures(outputs, place, tracked, tracks),
    })
  }
  const artefact: TrackingArtefact = { kind: 'tracking', grid: [12, 16], videos }
  writeFileSync(join(outputs, 'tracking.json'), JSON.stringify(artefact))
  const { both, j, f } = summarise(videos.flatMap(({ tracks }) => tracks.encoder ?? []))!
  const scores = { 'J&F': both, J: j.mean, F: f.mean, recall: j.recall, decay: j.decay }
  const counts = { trainVideos: 0, testVideos: videos.length, seconds: 1 }
  await say({ type: 'result', result: { scores, classes, ...counts }, detail: null })
  await say({ type: 'done' })
  process.exit(0)
}

process.on('message', (message: ToTrainer) => {
  if (message.type === 'start' && message.job.kind === 'evaluate') void evaluate(message.job)
})
void say({ type: 'ready', pid: process.pid })
