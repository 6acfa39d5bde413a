import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * Every file that is started as a process or a worker thread of its own: its name, and its source
 * relative to `src-main`. The bundler makes `out/main/<name>.js` of each.
 */
export const entries = {
  trainer: 'trainer/process/main.ts',
  starter: 'trainer/starter/main.ts',
  decoder: 'decoder/main.ts',
  'loader-worker': 'trainer/loader/worker.ts',
  'mpi-speaker': 'trainer/collective/mpi/speaker.ts',
  'map-layout': 'trainer/tasks/map/map-worker.ts',
  listing: 'datasets/listing-worker.ts',
  'mask-reader': 'masks/reading/reader.ts',
  'run-folder': 'runs/folder/apart/main.ts',
  backup: 'store/backup-worker.ts',
  report: 'reports/report-thread.ts',
  'run-extras': 'runs/folder/extras-thread.ts',
  'mask-scorer': 'bench/masks/score-video.ts',
  'scene-scorer': 'bench/scenes/score-scene.ts',
  'exchange-bench': 'bench/collective/exchange-program.ts',
  'sample-writer': 'datasets/sample-set/main.ts',
  'tensorflow-probe': 'doctor/tensorflow-probe.ts',
  selftest: 'selftest/main.ts',
  'ops-probe': 'doctor/ops-probe.ts',
  'ffmpeg-probe': 'doctor/ffmpeg-probe.ts',
} as const
export type EntryName = keyof typeof entries

/**
 * Absolute path of a child's entry file: the TypeScript source when this module runs from its
 * source (Node strips the types), else the bundle beside the running one.
 * `moduleUrl` says where this module runs from; only tests hand it in.
 * @throws Error when the file is not there.
 */
export function entryPath(name: EntryName, moduleUrl: string = import.meta.url): string {
  const path = locate(name, fileURLToPath(moduleUrl))
  if (existsSync(path)) return path
  throw new Error(`The program file ${path} is missing. Run 'npm run build' and start again.`)
}

function locate(name: EntryName, here: string): string {
  if (here.endsWith('.ts')) return join(sourcesOf(here), entries[name])
  // A packaged app keeps its bundles in an archive that a plain Node child cannot read.
  const out = outFolder(pathToFileURL(here).href).replace(/\bapp\.asar\b/, 'app.asar.unpacked')
  return join(out, 'main', `${name}.js`)
}

/**
 * Absolute path of the folder that the bundler writes to, with `main`, `preload` and `renderer`: the
 * one that this module runs from, or `out` beside the sources.
 */
export function outFolder(moduleUrl: string = import.meta.url): string {
  const here = fileURLToPath(moduleUrl)
  const folder = dirname(here)
  if (here.endsWith('.ts')) return join(dirname(sourcesOf(here)), 'out')
  return dirname(basename(folder) === 'chunks' ? dirname(folder) : folder)
}

/**
 * Absolute path of the folder that set-up writes to, with `setup` and `kernels` (as
 * `scripts/lib/places.mjs`): the bundler's in a clone; in a package, which cannot be written to, the
 * folder of the user that `FAME_SETUP` names.
 */
export function setupFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.FAME_SETUP ? resolve(environment.FAME_SETUP) : outFolder()
}

/**
 * Absolute path of a program of `scripts`. In a package it is outside of the archive, which a plain
 * Node child cannot read.
 */
export function scriptPath(name: string): string {
  const root = dirname(outFolder()).replace(/\bapp\.asar$/, 'app.asar.unpacked')
  return join(root, 'scripts', name)
}

/** `src-main`, which holds this module at `base/processes`. */
function sourcesOf(here: string): string {
  return dirname(dirname(dirname(here)))
}
