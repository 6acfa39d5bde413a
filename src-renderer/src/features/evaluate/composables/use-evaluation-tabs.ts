import { useStorage } from '@vueuse/core'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { tasks, type TabName } from '#shared/tasks/index.ts'
import type { Command } from '../../../commands/command.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import { evaluationTabs } from '../tabs.ts'

/** The tabs of an evaluation's page, which of them is open, and the commands that open them. */
export function useEvaluationTabs(options: {
  evaluation: MaybeRefOrGetter<Evaluation>
  /** Names of the classes; none until they are loaded. */
  classes: MaybeRefOrGetter<readonly string[]>
}) {
  const tabs = computed(() =>
    tasks[toValue(options.evaluation).protocol].tabs
      .filter((name) => evaluationTabs[name].isFor?.(toValue(options.classes)) ?? true)
      .map((value) => ({ value, label: evaluationTabs[value].label })),
  )
  const has = (wanted: TabName) => tabs.value.some(({ value }) => value === wanted)
  const kept = useStorage<TabName>('fame.evaluation-tab', 'summary')
  const tab = computed<TabName>({
    get: () => (has(kept.value) ? kept.value : (tabs.value[0]?.value ?? kept.value)),
    set: (value) => (kept.value = value),
  })
  const entries = Object.entries(evaluationTabs) as [TabName, (typeof evaluationTabs)[TabName]][]
  useCommands(
    entries.flatMap(([name, { command }]): Command[] =>
      command
        ? [
            {
              name: `evaluate.${name}`,
              label: command.label,
              group: 'Evaluate',
              shortcut: command.shortcut,
              enabled: () => toValue(options.evaluation).result !== null && has(name),
              perform: () => (tab.value = name),
            },
          ]
        : [],
    ),
  )
  return { tabs, tab }
}
