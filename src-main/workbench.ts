import type { z } from 'zod'
import type { Doctor } from '#shared/contract/doctor.ts'
import type {
  Evaluation,
  EvaluationEvent,
  startEvaluationSchema,
} from '#shared/contract/evaluations.ts'
import type { MaskSummary, maskRequestSchema } from '#shared/contract/masks.ts'
import type { Run, RunEvent, startRunSchema } from '#shared/contract/runs.ts'
import type { DatasetFormat, JobEvent } from '#shared/contract/videos.ts'
import { createMediaHandler } from './media/handler.ts'
import { openProject, type Project } from './store/project.ts'
import { WorkbenchError } from './store/workbench-error.ts'
import { join } from 'node:path'

export type HostKind = 'electron' | 'web' | 'cli'

export interface WorkbenchOptions {
  /** Project folder; made when it is missing. */
  project: string
  host: HostKind
}

/** Work that waits its turn in a process of its own. */
export interface Queue<Start, Item, Event> {
  start(request: Start): Item | Promise<Item>
  stop(id: number): Item | Promise<Item>
  /** All so far, then what is new, until the work has ended or `signal` aborts. */
  watch(id: number, signal?: AbortSignal): AsyncIterable<Event>
}

/** Everything the program does, for whichever host: no window and no HTTP in here. */
export interface Workbench {
  readonly host: HostKind
  readonly project: Project
  readonly runs: Queue<z.output<typeof startRunSchema>, Run, RunEvent>
  readonly evaluations: Queue<z.output<typeof startEvaluationSchema>, Evaluation, EvaluationEvent>
  /** Answers picture requests. */
  readonly media: (request: Request) => Promise<Response>
  info(): { name: string; folder: string; host: HostKind }
  doctor(): Promise<Doctor>
  index(
    request: { folder: string; format: DatasetFormat },
    signal?: AbortSignal,
  ): AsyncIterable<JobEvent>
  makeSample(signal?: AbortSignal): AsyncIterable<JobEvent>
  maskSummary(
    request: z.output<typeof maskRequestSchema>,
    signal?: AbortSignal,
  ): Promise<MaskSummary>
  close(): Promise<void>
}

/**
 * Opens a project and the services over it.
 * @throws WorkbenchError when another workbench holds the project or its files cannot be used.
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { host } = options
  const project = openProject(options.project)
  const absent = (): never => {
    throw new WorkbenchError('Not available yet.')
  }
  const queue = { start: absent, stop: absent, watch: absent }
  const videoFile = (id: number): string => {
    const video = project.store.videos.get(id)
    return join(project.store.datasets.get(video.datasetId).folder, video.path)
  }
  return {
    host,
    project,
    runs: queue,
    evaluations: queue,
    media: createMediaHandler({ videoFile, frame: absent, thumbnail: absent, mask: absent }),
    info: () => ({ name: project.name, folder: project.folder, host }),
    doctor: absent,
    index: absent,
    makeSample: absent,
    maskSummary: absent,
    close: async () => project.close(),
  }
}
