/** What all pages without the workbench's own styles share. */
const shared = `
  :root { color-scheme: light dark; --back: #f6f7f9; --panel: #fff; --line: #d9dce3;
    --text: #1c1f26; --soft: #5b6270; --link: #1d5fbf; --code: #eceef2; }
  @media (prefers-color-scheme: dark) { :root { --back: #17181c; --panel: #1f2126;
    --line: #34373f; --text: #e6e8ec; --soft: #a3a9b5; --link: #8ab8ff; --code: #2c2f37; } }
  body { margin: 0; min-height: 100vh; font: 15px/1.55 Inter, system-ui, sans-serif;
    background: var(--back); color: var(--text); }
  h1 { margin: 0; font-size: 1.25rem; }
  a { color: var(--link); }
  .panel { border-radius: 12px; background: var(--panel); border: 1px solid var(--line); }
  .name { margin: 0 0 .5rem; font-size: .8rem; color: var(--soft); }`

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as HTML, in an attribute too. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => escapes[sign])
}

/**
 * A page without script and without a file beside it.
 * @param style CSS of its own
 * @param body HTML
 */
export function plainPage(title: string, style: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" href="data:," />
    <title>${escaped(title)} · FAME Workbench</title>
    <style>${shared}${style}</style>
  </head>
  <body>
    ${body}
  </body>
</html>
`
}
