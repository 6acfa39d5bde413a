import os from 'node:os'
import type { Outcome } from './report.ts'

/** What names this machine or its user. */
export interface Names {
  host: string
  user: string
}

/** Two folders or more, on Linux, macOS or Windows. */
const PATH = /(?:\b[A-Za-z]:)?(?:[\\/][^\s\\/'"`()<>:]+){2,}[\\/]?/g

/** Shorter names are parts of words too often. */
const SHORTEST = 3

/** A message without the folders of paths, the name of the host and that of the user. */
export function withoutNames(text: string, { host, user }: Names = namesHere()): string {
  const shortened = text.replace(PATH, (path) => {
    const name = path.split(/[\\/]/).filter(Boolean).at(-1) ?? ''
    return `.../${name}`
  })
  const names = [
    { name: host, instead: 'HOST' },
    { name: host.split('.')[0], instead: 'HOST' },
    { name: user, instead: 'USER' },
  ]
  return names
    .filter(({ name }) => name.length >= SHORTEST)
    .reduce((left, { name, instead }) => left.replaceAll(wordOf(name), instead), shortened)
}

/** The same outcome with nothing private in its messages. */
export function withoutPrivate(outcome: Outcome, names: Names = namesHere()): Outcome {
  const { reason, findings } = outcome
  return {
    ...outcome,
    reason: reason === null ? null : withoutNames(reason, names),
    findings: findings.map((finding) => ({
      ...finding,
      detail: finding.detail === null ? null : withoutNames(finding.detail, names),
    })),
  }
}

/** The system and its version as two numbers: what follows them may name a build of one's own. */
export function systemName(type: string, release: string, arch: string): string {
  const version = /^\d+\.\d+/.exec(release)?.[0]
  return [type, version, arch].filter(Boolean).join(' ')
}

function wordOf(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g')
}

function namesHere(): Names {
  return { host: os.hostname(), user: userName() }
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return os.userInfo().username
  } catch {
    return ''
  }
}
