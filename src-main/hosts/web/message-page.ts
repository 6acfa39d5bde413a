import { escaped, plainPage } from './plain-page.ts'

const style = `
  body { display: grid; place-items: center; }
  main { max-width: 34rem; margin: 1.5rem; padding: 2rem 2.25rem; }
  p { margin: .75rem 0 0; }
  code { padding: .1em .4em; border-radius: 5px; background: var(--code);
    font: .92em ui-monospace, monospace; }`

/** Where a page leads on to. */
export interface PageLink {
  text: string
  href: string
}

/**
 * A page that says one thing, for people who have no access to the workbench's own page: no script
 * and no file beside it. Text between backticks is set as code.
 */
export function messagePage(title: string, paragraphs: readonly string[], link?: PageLink): string {
  const further = link ? [`<a href="${escaped(link.href)}">${escaped(link.text)}</a>`] : []
  const lines = [...paragraphs.map(marked), ...further].map((html) => `<p>${html}</p>`)
  const body = `<main class="panel">
      <p class="name">FAME Workbench</p>
      <h1>${escaped(title)}</h1>
      ${lines.join('\n      ')}
    </main>`
  return plainPage(title, style, body)
}

function marked(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}
