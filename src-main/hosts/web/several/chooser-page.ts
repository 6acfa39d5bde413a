import { escaped, plainPage } from '../plain-page.ts'
import type { ProjectCard, ProjectContent } from './project-card.ts'

/** Data sets that are named; of more, the number is told. */
const NAMED = 3

const style = `
  main { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.5rem; }
  ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr));
    gap: 1rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
  .panel { position: relative; padding: 1.1rem 1.25rem; overflow-wrap: anywhere; }
  .panel:hover, .panel:focus-within { border-color: var(--link); }
  h2 { margin: 0; font-size: 1rem; }
  h2 a { text-decoration: none; }
  h2 a::after { content: ''; position: absolute; inset: 0; border-radius: 12px; }
  h2 a:focus-visible { outline: none; }
  h2 a:focus-visible::after { outline: 2px solid var(--link); outline-offset: 2px; }
  .folder { margin: .1rem 0 .6rem; font: .8rem ui-monospace, monospace; color: var(--soft); }
  dl { display: grid; grid-template-columns: 5.5rem 1fr; gap: .2rem .75rem; margin: 0; }
  dt { color: var(--soft); } dd { margin: 0; }`

/** The page that chooses among the projects of a host. @param addressOf of a project, by its name */
export function chooserPage(
  cards: readonly ProjectCard[],
  addressOf: (name: string) => string,
): string {
  const items = cards.map((card) => item(card, addressOf(card.name)))
  const list =
    items.length > 0
      ? `<ul>${items.join('')}</ul>`
      : '<p>There is no project yet. Make one with bin/fame index, and reload this page.</p>'
  const body = `<main>
      <p class="name">FAME Workbench</p>
      <h1>Projects</h1>
      ${list}
    </main>`
  return plainPage('Projects', style, body)
}

function item({ title, folder, content, fault }: ProjectCard, address: string): string {
  const facts = content ? factsOf(content) : `<p>${escaped(fault ?? '')}</p>`
  return `<li class="panel">
        <h2><a href="${escaped(address)}">${escaped(title)}</a></h2>
        <p class="folder">${escaped(folder)}</p>
        ${facts}
      </li>`
}

function factsOf({ datasets, runs, last }: ProjectContent): string {
  const named = datasets
    .slice(0, NAMED)
    .map(({ name, videos }) => `${name} (${counted(videos, 'video')})`)
  const more = datasets.length - named.length
  const sets = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')
  const run = last && `${last.name}: ${last.status} (${dayOf(last.createdAt)})`
  const rows = [
    ['Data sets', sets || 'none'],
    ['Runs', String(runs)],
    ...(run === null ? [] : [['Last run', run]]),
  ]
  const lines = rows.map(([term, fact]) => `<dt>${term}</dt><dd>${escaped(fact)}</dd>`)
  return `<dl>${lines.join('')}</dl>`
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}

/** @param time as ISO 8601 */
function dayOf(time: string): string {
  return time.slice(0, 10)
}
