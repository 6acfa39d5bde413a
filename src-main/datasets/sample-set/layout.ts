import { join } from 'node:path'
import { sampleClasses } from './motions.ts'
import { drawScene, type SampleKind, type SampleSplit, type Scene } from './scene.ts'

/** Videos a class: 24 for training, 12 for the test. */
export const videosPerClass = { train: 24, test: 12 } as const
const CLIPS_A_GROUP = 4
const TEST_GROUPS = videosPerClass.test / CLIPS_A_GROUP

export interface SampleVideo {
  className: string
  split: SampleSplit
  /** `<Class>/v_<Class>_gNN_cNN.avi`, as in UCF101's lists. */
  name: string
  scene: Scene
}

/** All videos of the sample set in the order of its lists; as in UCF101 the first groups are for the test. */
export function planSampleSet(seed: number, kind: SampleKind = 'plain'): SampleVideo[] {
  return sampleClasses.flatMap((className, classIndex) =>
    (['test', 'train'] as const).flatMap((split) =>
      Array.from({ length: videosPerClass[split] }, (_, clip) => ({
        className,
        split,
        name: videoName(className, split, clip),
        scene: drawScene(
          seed,
          { split, classIndex, clip, clipsInSplit: videosPerClass[split] },
          kind,
        ),
      })),
    ),
  )
}

function videoName(className: string, split: SampleSplit, clip: number): string {
  const group = Math.floor(clip / CLIPS_A_GROUP) + 1 + (split === 'train' ? TEST_GROUPS : 0)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${className}/v_${className}_g${two(group)}_c${two((clip % CLIPS_A_GROUP) + 1)}.avi`
}

/** Stands in the stamp, by which the set is known wherever it lies and whatever it is called. */
export const SAMPLE_NAME = 'FAME sample set'

/** Where things lie below the sample set's folder. */
export const sampleFolders = {
  videos: (root: string) => join(root, 'UCF-101'),
  /** True foreground masks: lossless gray video, 255 where the object is, one frame a frame. */
  masks: (root: string) => join(root, 'UCF-101-masks'),
  lists: (root: string) => join(root, 'ucfTrainTestlist'),
  stamp: (root: string) => join(root, 'sample.json'),
}

/** The text of the split lists, by file name. */
export function listFiles(videos: SampleVideo[]): Record<string, string> {
  const classIndex = (name: string): number => sampleClasses.indexOf(name) + 1
  const lines = (split: SampleSplit, line: (video: SampleVideo) => string): string =>
    videos
      .filter((video) => video.split === split)
      .map((video) => `${line(video)}\n`)
      .join('')
  return {
    'classInd.txt': sampleClasses.map((name, i) => `${i + 1} ${name}\n`).join(''),
    'trainlist01.txt': lines('train', (video) => `${video.name} ${classIndex(video.className)}`),
    'testlist01.txt': lines('test', (video) => video.name),
  }
}
