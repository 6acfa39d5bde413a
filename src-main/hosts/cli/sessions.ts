import { join, resolve } from 'node:path'
import { Command } from 'commander'
import type { SessionInfo } from '../web/sessions.ts'
import { jsonOption, projectOption, UsageError } from './arguments.ts'
import { print, printJson, say, table } from './output.ts'

interface SessionOptions {
  project: string
  json: boolean
}

/** Works beside a running web host: a session is a file of its own. */
async function sessionsOf(project: string) {
  const { Sessions } = await import('../web/sessions.ts')
  return new Sessions(join(resolve(project), 'sessions'))
}

const list = new Command('list')
  .description('list browsers that have logged in to the web host')
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async ({ project, json }: SessionOptions) => {
    const sessions = await (await sessionsOf(project)).list()
    if (json) return printJson(sessions)
    if (sessions.length === 0) return say('No browser is logged in.')
    print(table(['session', 'begun', 'last used', 'from', 'browser'], sessions.map(row)))
  })

const end = new Command('end')
  .description('log browsers out; an open page is logged out within 20 seconds')
  .argument('[sessions...]', "names of sessions from 'fame sessions list'")
  .option('--all', 'end all sessions', false)
  .addOption(projectOption())
  .addOption(jsonOption())
  .action(async (ids: string[], { project, json, all }: SessionOptions & { all: boolean }) => {
    if (all === ids.length > 0) throw new UsageError('Name sessions, or give --all.')
    const sessions = await sessionsOf(project)
    const wanted = all ? (await sessions.list()).map(({ id }) => id) : ids
    const ended: string[] = []
    for (const id of wanted) if (await sessions.end(id)) ended.push(id)
    if (json) printJson({ ended })
    else say(ended.length === 1 ? 'Ended 1 session.' : `Ended ${ended.length} sessions.`)
    const missing = wanted.filter((id) => !ended.includes(id))
    if (missing.length > 0) {
      throw new Error(`There is no session ${missing.join(', ')}. List them: fame sessions list.`)
    }
  })

export const sessionsCommand = new Command('sessions')
  .description('list and end the sessions of browsers that use the web host')
  .addCommand(list)
  .addCommand(end)

function row({ id, begun, used, address, browser }: SessionInfo): string[] {
  return [id, minute(begun), minute(used), address, browser]
}

/** Local time to the minute. */
function minute(time: number): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
