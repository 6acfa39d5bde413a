import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { TagEdit } from '#shared/contract/library.ts'
import { api, client } from '../../api/client.ts'
import { farCommand } from '../../commands/catalogue.ts'
import type { Command } from '../../commands/command.ts'
import { formatCount } from '../../lib/format.ts'
import { useNotices } from '../../app/notices/notices-store.ts'
import { useCommands } from '../../commands/use-commands.ts'

interface Asked {
  ids?: readonly number[]
  add?: string
  remove?: string
  step?: 'undo' | 'redo'
}

export type Tagging = ReturnType<typeof useTagging>

/** Edits of tags with undo and redo, which the host remembers. */
export function useTagging() {
  const queries = useQueryClient()
  const notices = useNotices()
  const history = useQuery(api.library.history.queryOptions())
  const edit = useMutation({
    mutationFn: async ({ ids = [], add, remove, step }: Asked) => {
      const done = step
        ? await client.library[step]()
        : await client.library.tag({
            videos: { ids: [...ids] },
            add: add === undefined ? [] : [add],
            remove: remove === undefined ? [] : [remove],
          })
      return done && { ...done, step }
    },
    onSuccess: (done) => done && say(done),
    onSettled: () => queries.invalidateQueries({ queryKey: api.library.key() }),
  })
  function say(done: TagEdit & { step: Asked['step'] }) {
    const { step } = done
    const undo = { label: 'Undo', perform: () => edit.mutate({ step: 'undo' }) }
    const action = step === 'undo' ? undefined : undo
    notices.add({
      kind: 'done',
      title: titles[step ?? 'edit'],
      text: saying(done),
      key: 'tags',
      action,
    })
  }

  const commands = useCommands([
    {
      ...farCommand('library.undo'),
      shortcut: 'Ctrl+Z',
      enabled: () => Boolean(history.data.value?.undo) && !edit.isPending.value,
      reason: () => 'There is no tag change to undo.',
      perform: () => edit.mutate({ step: 'undo' }),
    },
    {
      ...farCommand('library.redo'),
      shortcut: 'Ctrl+Shift+Z Ctrl+Y',
      enabled: () => Boolean(history.data.value?.redo) && !edit.isPending.value,
      reason: () => 'There is no tag change to redo.',
      perform: () => edit.mutate({ step: 'redo' }),
    },
  ] as const satisfies readonly Command[])
  return { edit, undo: commands[0], redo: commands[1] }
}

const titles = { edit: 'Tags changed', undo: 'Undone', redo: 'Redone' }

function saying({ label, videos }: TagEdit): string {
  return `${label} · ${formatCount(videos)} ${videos === 1 ? 'video' : 'videos'}`
}
