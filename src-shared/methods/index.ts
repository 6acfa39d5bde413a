import type { PretrainConfig } from '../config/pretrain-config.ts'
import { ConfigError } from '../settings/check.ts'
import { byName, type MethodDescriptor, type PictureRow, type ViewRole } from './method.ts'
import { be } from './be.ts'
import { byol } from './byol.ts'
import { clipOrder } from './clip-order.ts'
import { cluster } from './cluster.ts'
import { coclr } from './coclr.ts'
import { combine } from './combined.ts'
import { cvrl } from './cvrl.ts'
import { frameOrder } from './frame-order.ts'
import { jigsaw } from './jigsaw.ts'
import { moco } from './moco.ts'
import { pace } from './pace.ts'
import { prp } from './prp.ts'
import { puzzle } from './puzzle.ts'
import { rotation } from './rotation.ts'
import { prediction } from './prediction.ts'
import { simclr } from './simclr.ts'
import { simsiam } from './simsiam.ts'
import { speednet } from './speednet.ts'
import { statistics } from './statistics.ts'
import { swav } from './swav.ts'
import { videogan } from './videogan.ts'
import { videomae } from './videomae.ts'

/** Methods that are one by themselves, by the name that settings and the command line use. */
const single = {
  moco,
  simclr,
  byol,
  simsiam,
  swav,
  cvrl,
  be,
  coclr,
  cluster,
  rotation,
  statistics,
  pace,
  speednet,
  prp,
  'clip-order': clipOrder,
  'frame-order': frameOrder,
  puzzle,
  jigsaw,
  videomae,
  prediction,
  videogan,
} as const

/** Every method, by the name that settings and the command line use. */
export const methods = { ...single, combined: combine(single) } as const

export type MethodName = keyof typeof methods

export const METHODS = Object.keys(methods) as [MethodName, ...MethodName[]]

/** The FAME paper's, and that of every run of version 0.1. */
export const DEFAULT_METHOD: MethodName = 'moco'

/** @throws ConfigError for a name that is not known */
export function methodNamed(name: string): MethodDescriptor {
  if (!Object.hasOwn(methods, name)) {
    throw new ConfigError(`There is no method '${name}'. Known: ${METHODS.join(', ')}.`)
  }
  // Each descriptor takes configurations of its own table; those of a run have all of its values.
  return methods[name as MethodName]
}

/** The descriptor of a run's method. */
export function methodOf({ method }: Pick<PretrainConfig, 'method'>): MethodDescriptor {
  return methodNamed(method)
}

/** The clips that a run takes of a video. */
export function viewsOf(config: PretrainConfig): readonly ViewRole[] {
  return methodOf(config).views(byName(config))
}

/** The rows of pictures that a run's method makes; none where it makes no pictures. */
export function pictureRowsOf(config: PretrainConfig): readonly PictureRow[] {
  return methodOf(config).pictures?.(byName(config)) ?? []
}
