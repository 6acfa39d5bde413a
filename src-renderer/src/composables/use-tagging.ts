import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { TagEdit } from '#shared/contract/library.ts'
import { api, client } from '../api/client.ts'
import type { Command } from '../commands/command.ts'
import { formatCount } from '../lib/format.ts'
import { useCommands } from './use-commands.ts'

interface Asked {
  ids?: readonly number[]
  add?: string
  remove?: string
  step?: 'undo' | 'redo'
}

/** Edits of tags with undo and redo, which the host remembers. */
export function useTagging() {
  const queries = useQueryClient()
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
    onSettled: () => queries.invalidateQueries({ queryKey: api.library.key() }),
  })
  const said = computed(() => (edit.data.value ? saying(edit.data.value) : ''))

  const commands = useCommands([
    {
      name: 'library.undo',
      label: 'Undo the last edit of tags',
      group: 'Library',
      shortcut: 'Ctrl+Z',
      enabled: () => Boolean(history.data.value?.undo) && !edit.isPending.value,
      perform: () => edit.mutate({ step: 'undo' }),
    },
    {
      name: 'library.redo',
      label: 'Redo the edit of tags',
      group: 'Library',
      shortcut: 'Ctrl+Shift+Z Ctrl+Y',
      enabled: () => Boolean(history.data.value?.redo) && !edit.isPending.value,
      perform: () => edit.mutate({ step: 'redo' }),
    },
  ] as const satisfies readonly Command[])
  return { edit, said, undo: commands[0], redo: commands[1] }
}

function saying({ label, videos, step }: TagEdit & { step: Asked['step'] }): string {
  const what = step === undefined ? 'Done' : step === 'undo' ? 'Undone' : 'Redone'
  return `${what}: ${label} · ${formatCount(videos)} ${videos === 1 ? 'video' : 'videos'}`
}
