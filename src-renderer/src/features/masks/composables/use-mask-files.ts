import { useQueryClient } from '@tanstack/vue-query'
import { ref, shallowRef } from 'vue'
import {
  fits,
  type ExportedMasks,
  type ExportMasks,
  type ImportMasks,
  type ImportRow,
} from '#shared/contract/mask-files.ts'
import { api, client } from '../../../api/client.ts'
import { downloadAddress, upload as uploadFiles } from '../../../api/transfers.ts'
import { clips, type ImportDone } from '../lib/mask-files.ts'
import { useWork, type Work } from './use-work.ts'

/** Rows that are shown since they do not fit, or were read in a way to check. */
const SHOWN = 200

export type MaskExport = ReturnType<typeof useMaskExport>
export type MaskImport = ReturnType<typeof useMaskImport>

/** Masks into a file. */
export function useMaskExport() {
  const { step, failure, run, cancel } = useWork()
  const exported = shallowRef<ExportedMasks | null>(null)
  /** Address of the export for this computer; null where it lies outside the exports folder. */
  const download = ref<string | null>(null)

  const start = (request: ExportMasks) =>
    run('exporting', async (signal) => {
      exported.value = null
      for await (const event of await client.masks.export(request, { signal })) {
        if (event.type === 'done') {
          exported.value = event
          download.value = downloadAddress(request.out)
        } else step.value = { phase: 'exporting', done: event.done, total: event.total }
      }
    })
  return { step, failure, exported, download, start, cancel }
}

/** A file of masks, held against the project and then taken in. */
export function useMaskImport(options: { onChanged: () => void }) {
  const queries = useQueryClient()
  const work = useWork()
  const { step, failure, run, cancel } = work
  const { checked, misfits, unlisted, read, clear } = useImportRows(step)
  const said = ref('')

  function changed() {
    void queries.invalidateQueries({ queryKey: api.masks.key() })
    void queries.invalidateQueries({ queryKey: api.library.key() })
    options.onChanged()
  }
  const check = (request: ImportMasks) =>
    run('checking', async (signal) => {
      forget()
      await read({ ...request, mode: 'check' }, signal)
    })
  const take = () =>
    run('taking', async (signal) => {
      if (!checked.value) return
      try {
        const mode = checked.value.done.misfits === 0 ? 'all' : 'fitting'
        await read({ ...checked.value.request, mode }, signal)
        said.value = `${clips(checked.value.done.taken)} changed`
      } finally {
        changed()
      }
    })
  const undo = () =>
    run('undoing', async () => {
      const undone = await client.masks.undoBulk()
      forget()
      if (undone) said.value = `Undone: ${undone.label} of ${clips(undone.undone)}`
      changed()
    })
  function forget() {
    clear()
    said.value = ''
  }
  return {
    step,
    failure,
    checked,
    misfits,
    unlisted,
    said,
    upload: (files: readonly File[]) => upload(files, work, forget),
    check,
    take,
    undo,
    forget,
    cancel,
  }
}

/** What a file has: what of it fits, and the rows that do not. */
function useImportRows(step: Work['step']) {
  /** What was read last: of which file, and what of it fits. */
  const checked = shallowRef<{ request: ImportMasks; done: ImportDone } | null>(null)
  const misfits = shallowRef<readonly ImportRow[]>([])
  /** Such rows beyond those that are shown. */
  const unlisted = ref(0)

  async function read(request: ImportMasks, signal: AbortSignal) {
    const rows: ImportRow[] = []
    let left = 0
    for await (const event of await client.masks.import(request, { signal })) {
      if (event.type === 'progress') step.value = event
      else if (event.type === 'done') checked.value = { request, done: event }
      else rows.push(...event.rows.filter(({ message }) => message !== null))
      left += rows.splice(SHOWN).length
    }
    // What does not fit comes first: the others are taken.
    misfits.value = rows.sort((a, b) => Number(fits(a.outcome)) - Number(fits(b.outcome)))
    unlisted.value = left
  }
  function clear() {
    checked.value = null
    misfits.value = []
    unlisted.value = 0
  }
  return { checked, misfits, unlisted, read, clear }
}

/** @returns the path of what is to be imported, on the workbench's machine; null after a failure */
async function upload(
  files: readonly File[],
  { step, run }: Work,
  begin: () => void,
): Promise<string | null> {
  let place: string | null = null
  const begun = performance.now()
  await run('uploading', async (signal) => {
    begin()
    place = await uploadFiles(files, {
      signal,
      onProgress: (done, total) => {
        const seconds = (performance.now() - begun) / 1000
        const secondsLeft = (seconds * (total - done)) / Math.max(1, done)
        step.value = { phase: 'uploading', done, total, inBytes: true, secondsLeft }
      },
    })
  })
  return place
}
