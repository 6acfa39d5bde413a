import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { WorkbenchError } from '../base/workbench-error.ts'

/**
 * File systems that several machines share, by the type that Linux's `statfs` tells (`linux/magic.h` and
 * the sources of each). SQLite's locks do not hold there, so that two machines can damage a database.
 */
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x00c36400, 'CephFS'],
  [0xaad7aaea, 'PanFS'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x20030528, 'OrangeFS'],
])

/** Tells the type of a folder's file system; only tests hand in another. */
export type FileSystemType = (folder: string) => number

const typeOf: FileSystemType = (folder) => statfsSync(folder).type >>> 0

/** The network file system that a folder is on, or would be made on; null where it is on none. */
export function networkFileSystem(folder: string, type: FileSystemType = typeOf): string | null {
  // Elsewhere the numbers mean something else.
  if (process.platform !== 'linux') return null
  let here = folder
  while (!existsSync(here) && here !== dirname(here)) here = dirname(here)
  try {
    return NETWORK.get(type(here)) ?? null
  } catch {
    return null
  }
}

/** @throws WorkbenchError where a project's folder is on a file system that machines share */
export function refuseNetworkFolder(folder: string, type: FileSystemType = typeOf): void {
  const name = networkFileSystem(folder, type)
  if (name === null) return
  throw new WorkbenchError(
    `The project ${folder} is on a network file system (${name}), where the locks of its database do not hold: two machines could damage it. ` +
      'Choose a folder on a local disk; videos may stay on the network. Runs of several machines are put together with bin/fame cluster collect.',
  )
}
