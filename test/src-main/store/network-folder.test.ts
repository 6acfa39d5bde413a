import { describe, expect, it } from 'vitest'
import { networkFileSystem, refuseNetworkFolder } from '#main/store/network-folder.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()

describe.runIf(process.platform === 'linux')('a project on a network file system', () => {
  it('is refused with the reason', () => {
    const refuse = (): void => refuseNetworkFolder('/nfs/project', () => 0x6969)
    expect(refuse).toThrow('is on a network file system (NFS)')
    expect(refuse).toThrow('Choose a folder on a local disk')
  })

  it('is told by the folder above where it is not there yet', () => {
    const folder = temporaryFolder()
    const asked: string[] = []
    const type = (of: string): number => {
      asked.push(of)
      return 0xff534d42
    }
    expect(networkFileSystem(`${folder}/a/b`, type)).toBe('CIFS')
    expect(asked).toEqual([folder])
  })

  it('is not taken for one on a local disk, nor where the type cannot be told', () => {
    expect(networkFileSystem('/', () => 0xef53)).toBeNull()
    const fails = (): number => {
      throw new Error('no')
    }
    expect(networkFileSystem('/', fails)).toBeNull()
    expect(() => openProject(temporaryFolder()).close()).not.toThrow()
  })
})

it('numbers the runs of a new project from where it is told to', () => {
  const project = openProject(temporaryFolder())
  const { datasets, runs } = project.store
  runs.numberFrom(41)
  runs.numberFrom(7)
  const datasetId = datasets.ensure({ name: 'set', format: 'folder', folder: '/nowhere/set' })
  const config = completeConfig({})
  const { id } = runs.add({ name: 'a', config, datasetId, totalSteps: 9, status: 'stopped' })
  expect(id).toBe(7)
  expect(() => runs.numberFrom(9)).toThrow('has runs already')
  project.close()
})
