const style = `
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center;
    font: 15px/1.55 Inter, system-ui, sans-serif; background: #f6f7f9; color: #1c1f26; }
  main { max-width: 34rem; margin: 1.5rem; padding: 2rem 2.25rem; border-radius: 12px;
    background: #fff; border: 1px solid #d9dce3; }
  p { margin: .75rem 0 0; } h1 { margin: 0; font-size: 1.25rem; }
  .name { margin: 0 0 .5rem; font-size: .8rem; color: #5b6270; }
  code { padding: .1em .4em; border-radius: 5px; background: #eceef2;
    font: .92em ui-monospace, monospace; }
  @media (prefers-color-scheme: dark) {
    body { background: #17181c; color: #e6e8ec; } main { background: #1f2126; border-color: #34373f; }
    .name { color: #a3a9b5; } code { background: #2c2f37; }
  }`

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * A page that says one thing, for people who have no access to the workbench's own page: no script
 * and no file beside it. Text between backticks is set as code.
 */
export function messagePage(title: string, paragraphs: readonly string[]): string {
  const lines = paragraphs.map((text) => `<p>${marked(text)}</p>`).join('\n      ')
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escaped(title)} · FAME Workbench</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
      <p class="name">FAME Workbench</p>
      <h1>${escaped(title)}</h1>
      ${lines}
    </main>
  </body>
</html>
`
}

function marked(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => escapes[sign])
}
