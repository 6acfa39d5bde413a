import { PROTOCOLS, tasks, type Protocol } from './index.ts'
import type { SettingValue } from '../settings/setting.ts'
import type { Schedule } from './task.ts'

type NamedSchedule = Schedule & { values: Readonly<Record<string, SettingValue>> }

/** Settings of a task that go together, by name; none where its settings stand alone. */
export function schedulesFor(protocol: Protocol): [string, NamedSchedule][] {
  return Object.entries(tasks[protocol].schedules ?? {}) as [string, NamedSchedule][]
}

/** Names of all schedules, whichever task they are for. */
export const SCHEDULES = [
  ...new Set(PROTOCOLS.flatMap((protocol) => schedulesFor(protocol).map(([name]) => name))),
]
