import { join, resolve, sep } from 'node:path'
import type { Doctor } from '#shared/contract/doctor.ts'
import type { IndexRequest } from '#shared/contract/indexing.ts'
import type { Relocation } from '#shared/contract/library.ts'
import type { RemovedDataset } from '#shared/contract/mask-files.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { indexDataset } from './datasets/indexer.ts'
import { relocateDataset, removeDataset } from './datasets/remove-relocate.ts'
import { Rereading } from './datasets/rereading.ts'
import { writeSampleSet } from './datasets/sample-set/write-sample-set.ts'
import { inspect } from './doctor/doctor.ts'
import { FlowService } from './flow/flow-service.ts'
import { Library } from './library/library.ts'
import { Tagging } from './library/tagging.ts'
import { clipMask, explainLength } from './masks/clip-mask.ts'
import { MaskService } from './masks/mask-service.ts'
import { stripWebp } from './media/clip-strip.ts'
import { evaluationFile, madeFile, stripFile } from './media/kept-files.ts'
import { createMediaHandler } from './media/handler.ts'
import { FeaturePropagation } from './propagation/feature-propagation.ts'
import { MinedPositivesService } from './pairs/mined-positives.ts'
import { PairService } from './pairs/pair-service.ts'
import type { DryRuns } from './runs/trials/dry-run.ts'
import type { Estimator } from './runs/trials/estimate.ts'
import { writeReport } from './reports/write-report.ts'
import type { EvaluationQueue } from './evaluations/evaluation-queue.ts'
import { dropCutOff } from './runs/folder/import-folder.ts'
import { RunFolders } from './runs/folder/run-folders.ts'
import { RunNotebook } from './runs/run-notes.ts'
import { takeAllMissedSteps } from './runs/curves/missed-steps.ts'
import { Reproductions } from './runs/provenance/reproductions.ts'
import { RunCurves } from './runs/curves/run-curves.ts'
import type { Workers } from './runs/process/workers.ts'
import type { RunQueue } from './runs/queue/run-queue.ts'
import { LastValues } from './runs/curves/last-values.ts'
import { TrainerQueues } from './runs/queue/trainer-queues.ts'
import type { TrainerTurns } from './runs/queue/trainer-turns.ts'
import { dropTrials } from './runs/trials/trial-folder.ts'
import { closeAll } from './base/async/closing.ts'
import { remembered, OneAtATime } from './base/async/sharing.ts'
import { openProject, type Project } from './store/project.ts'
import { writeMissingCards } from './store/row-card.ts'
import { WorkbenchError } from './base/workbench-error.ts'
import { DecoderPool } from './video/decoder-pool.ts'
import { TrainingSetup } from './training-setup/training-setup.ts'
import { Thumbnails } from './video/thumbnails.ts'

/** Milliseconds. Asking starts TensorFlow once. */
const doctorFreshFor = 60_000

export type HostKind = 'electron' | 'web' | 'cli'

export interface WorkbenchOptions {
  /** Project folder; made when it is missing. */
  project: string
  host: HostKind
  /** Refuse a project that is not there: a slip in its name must not leave a new one. Default false. */
  existing?: boolean
  /** Shows a file in the system's file manager; left out by hosts that cannot. */
  showFile?: (file: string) => void
  /** Brings the window to the front; left out by hosts without one. */
  focusWindow?: () => void
  /** More processes than one for each pretraining of this host. */
  workers?: Workers
  /** Program of the trainer process; tests hand in one without TensorFlow. */
  trainerEntry?: string
  /** Turns with the trainer, which the projects of one host share. */
  turns?: TrainerTurns
  /** Sets TensorFlow up from a package; tests hand in one of their own. */
  trainingSetup?: TrainingSetup
  /** Where the page goes to choose another project; left out by hosts with one. */
  chooser?: string
}

/** Everything the program does, for whichever host: no window and no HTTP in here. */
export interface Workbench {
  readonly host: HostKind
  readonly project: Project
  readonly trainingSetup: TrainingSetup
  readonly runs: RunQueue
  readonly runCurves: RunCurves
  readonly runNotes: RunNotebook
  readonly runFolders: RunFolders
  readonly lastValues: LastValues
  readonly evaluations: EvaluationQueue
  readonly estimator: Estimator
  readonly dryRuns: DryRuns
  readonly reproductions: Reproductions
  readonly library: Library
  readonly tagging: Tagging
  readonly masks: MaskService
  readonly flow: FlowService
  readonly pairs: PairService
  readonly mined: MinedPositivesService
  readonly featurePropagation: FeaturePropagation
  /** Answers picture requests. */
  readonly media: (request: Request) => Promise<Response>
  info(): { name: string; folder: string; host: HostKind; chooser: string | null }
  doctor(): Promise<Doctor>
  /** Brings the host's window to the front; nothing where it has none. */
  focus(): null
  /** Takes a data set in; ends after `done`. What is indexed before `signal` aborts stays. */
  index(request: IndexRequest, signal?: AbortSignal): AsyncIterable<JobEvent>
  /** Writes the sample set into the project and indexes it. */
  makeSample(signal?: AbortSignal): AsyncIterable<JobEvent>
  /** Takes a data set out of the project, its masks into a file first unless `exports` is false. */
  removeDataset(id: number, options?: { exports?: boolean }): Promise<RemovedDataset>
  /** Follows a data set whose folder has moved. */
  relocateDataset(id: number, folder: string): Promise<Relocation>
  /** Shows a video's file in the system's file manager. @throws WorkbenchError where the host cannot. */
  reveal(id: number): null
  /** Results as one HTML page, piece by piece; without ids, of all evaluations that have one. */
  report(ids?: readonly number[]): AsyncIterable<string>
  /** Lets the current run save itself, then closes the project. */
  close(): Promise<void>
}

/**
 * Opens a project and the services over it. In a window and a browser, what was left unfinished goes
 * on; a command does its own work alone.
 * @throws WorkbenchError when another workbench holds the project or its files cannot be used.
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { host, showFile, focusWindow, workers, trainerEntry, chooser = null } = options
  const project = await openTidy(options)
  const decoders = new DecoderPool()
  const library = new Library(project.store)
  const reading = { project, decoders, fileOf: (id: number) => videoFile(project, id) }
  const masks = new MaskService(reading)
  const flow = new FlowService(reading)
  const pairs = new PairService(project)
  const doctor = remembered(() => inspect({ project: project.folder }), doctorFreshFor)
  const trainingSetup =
    options.trainingSetup ?? new TrainingSetup({ onEnded: () => doctor.forget() })
  const trainer = { ...(trainerEntry !== undefined && { trainerEntry }), workers }
  const queues = new TrainerQueues(project, trainer, options.turns)
  const rereading = new Rereading(project.store)
  if (host !== 'cli') goOn(queues, rereading)
  project.backups.start((reason) => process.stderr.write(withoutBackup(reason)))
  return {
    host,
    project,
    trainingSetup,
    runs: queues.runs,
    runCurves: new RunCurves(project.store),
    runNotes: new RunNotebook(project),
    runFolders: new RunFolders(project),
    lastValues: new LastValues(project.store),
    evaluations: queues.evaluations,
    estimator: queues.estimator,
    dryRuns: queues.dryRuns,
    reproductions: new Reproductions(project, queues.runs, doctor),
    library,
    tagging: new Tagging(project.store, library),
    masks,
    flow,
    pairs,
    mined: new MinedPositivesService(project, queues.trials),
    featurePropagation: new FeaturePropagation({ ...reading, trials: queues.trials }),
    media: mediaOf(project, { decoders, flow, pairs }),
    info: () => ({ name: project.name, folder: project.folder, host, chooser }),
    focus: () => focus(focusWindow),
    doctor,
    ...datasetJobs(project, decoders),
    reveal: (id) => reveal(project, id, showFile),
    report: (ids) => writeReport(project.folder, ids),
    close: () =>
      closeAll([
        trainingSetup,
        rereading,
        decoders,
        masks,
        flow,
        pairs,
        queues,
        project.backups,
        project,
      ]),
  }
}

/** Takes up what was left unfinished. */
function goOn(queues: TrainerQueues, rereading: Rereading): void {
  queues.resumeAll()
  rereading.start()
}

/** Opens the project and settles what is unfinished in it; where that fails, the project is free again. */
async function openTidy({ project: folder, existing }: WorkbenchOptions): Promise<Project> {
  const project = openProject(folder, { existing })
  try {
    await tidy(project)
    return project
  } catch (error) {
    project.close()
    throw error
  }
}

/** Settles what a workbench before this one has left unfinished. */
async function tidy(project: Project): Promise<void> {
  for (const note of project.notes) process.stderr.write(`${note}\n`)
  await dropCutOff(project)
  await dropTrials(project)
  await takeAllMissedSteps(project)
  await writeMissingCards(project)
}

function focus(window: WorkbenchOptions['focusWindow']): null {
  window?.()
  return null
}

/** @throws WorkbenchError where the host has no window */
function reveal(project: Project, id: number, showFile: WorkbenchOptions['showFile']): null {
  if (!showFile) {
    throw new WorkbenchError('Only the desktop window can show files. Start it with npm start.')
  }
  showFile(videoFile(project, id))
  return null
}

/** What is done to data sets, one thing at a time. */
function datasetJobs(
  project: Project,
  decoder: DecoderPool,
): Pick<Workbench, 'index' | 'makeSample' | 'removeDataset' | 'relocateDataset'> {
  const index: Workbench['index'] = (request, signal) =>
    indexDataset({ ...request, store: project.store, decoder, signal })
  const jobs = new OneAtATime('Videos are being indexed. Wait until that ends, or cancel it.')
  return {
    index: (request, signal) => jobs.run(() => index(request, signal), signal),
    makeSample: (signal) => jobs.run(() => makeSample(project.sampleFolder, index, signal), signal),
    removeDataset: (id, { exports = true } = {}) =>
      jobs.alone(async () => {
        const folder = exports ? project.exportsFolder : null
        const exported = await removeDataset(project.store, id, folder)
        return { datasets: project.store.datasets.list(), exported }
      }),
    relocateDataset: (id, folder) => jobs.alone(() => relocateDataset(project.store, id, folder)),
  }
}

/** What serves the pictures of a project. */
function mediaOf(
  project: Project,
  { decoders, flow, pairs }: { decoders: DecoderPool; flow: FlowService; pairs: PairService },
): Workbench['media'] {
  const thumbnails = new Thumbnails(join(project.cacheFolder, 'thumbnails'), decoders)
  return createMediaHandler({
    videoFile: (id) => videoFile(project, id),
    stripFile: (id) => stripFile(project, id),
    madeFile: (id, step) => madeFile(project, id, step),
    evaluationFile: (id, name) => evaluationFile(project, id, name),
    view: (key, view) => pairs.picture(key, view),
    strip: (id) => stripWebp(project.runFolder(id)),
    frame: (file, { index, ...options }, signal) =>
      decoders.frameJpeg(file, index, { ...options, signal }),
    thumbnail: (file, signal) => thumbnails.get(file, { signal }),
    mask: async (file, request, layer, signal) => {
      const { layers } = await clipMask(decoders, file, request, { layers: [layer], signal })
      return layers[layer]!
    },
    planes: (file, request, signal) =>
      explainLength(decoders, file, request, () =>
        decoders.run('planes', { path: file, request }, { signal }),
      ),
    flow: ({ videoId, ...request }, signal) => flow.piece(videoId, request, signal),
  })
}

/**
 * Absolute path of an indexed video.
 * @throws WorkbenchError when there is no such video.
 */
export function videoFile(project: Pick<Project, 'store'>, id: number): string {
  const { datasetId, path } = project.store.videos.get(id)
  const root = resolve(project.store.datasets.get(datasetId).folder)
  const file = join(root, path)
  if (file.startsWith(root + sep)) return file
  throw new WorkbenchError(`Video ${id} is outside its data set. Index the data set again.`)
}

async function* makeSample(
  folder: string,
  index: Workbench['index'],
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent, void, undefined> {
  for await (const event of writeSampleSet(folder, { signal })) {
    if (event.type !== 'done') yield event
  }
  yield* index({ folder, format: 'ucf101' }, signal)
}

function withoutBackup(reason: string): string {
  return `The daily backup of the project's database could not be made (${reason}). The next try is in an hour.\n`
}
