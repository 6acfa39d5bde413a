import { computed } from 'vue'
import type { EvaluationSettingName } from '#shared/config/evaluation-settings.ts'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import type { TaskSettings } from './use-task-settings.ts'

/** The schedules of a protocol: settings that go together and are chosen with one press. */
export function useTaskSchedule({ protocol, usual, now, set }: TaskSettings) {
  /** None where there is nothing to choose. */
  const schedules = computed(() => schedulesFor(protocol.value))
  /** Settings that a schedule has a say in. */
  const scheduled = computed(() => {
    const names = schedules.value.flatMap(([, { values }]) => Object.keys(values))
    return [...new Set(names)] as EvaluationSettingName[]
  })
  /** The schedule that the settings are as in; null where they are as in none. */
  const schedule = computed({
    get: () => {
      const fits = ([, { values }]: (typeof schedules.value)[number]) =>
        scheduled.value.every((name) => now.value[name] === (values[name] ?? usual.value[name]))
      return schedules.value.find(fits)?.[0] ?? null
    },
    set(wanted) {
      const values = schedules.value.find(([name]) => name === wanted)?.[1].values ?? {}
      for (const name of scheduled.value) set(name, values[name] ?? null)
    },
  })
  return { schedules, schedule }
}
