/** The style sheet of reports: dark and light as the reader's system says. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6eaf0); --soft: light-dark(#5c6776, #98a3b3);
  --ground: light-dark(#fbfbfa, #14171c); --line: light-dark(#e2e5ea, #2a3039);
  --fame: light-dark(#c2410c, #fb923c); --plain: light-dark(#4a6fa5, #7ea6e0); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 780px; margin: 0 auto; padding: 56px 24px; }
main.wide { max-width: 1180px; }
h1 { font-size: 34px; letter-spacing: -0.02em; margin: 0 0 12px; }
h2 { font-size: 20px; margin: 48px 0 4px; }
h3 { font-size: 16px; margin: 36px 0 2px; }
h3 + p { margin: 0; }
.lead { font-size: 18px; }
p, footer, figcaption { color: var(--soft); }
table { width: 100%; border-collapse: collapse; margin-top: 28px; font-variant-numeric: tabular-nums; }
th { text-align: right; font-weight: 500; font-size: 13px; color: var(--soft); padding: 8px 0 8px 20px; }
td { text-align: right; white-space: nowrap; padding: 10px 0 10px 20px; border-top: 1px solid var(--line); }
th.words, td.words { text-align: left; white-space: normal; }
th:first-child, td:first-child { padding-left: 0; }
td.words { min-width: 120px; }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--soft); }
.scroll { overflow-x: auto; }
.best { font-weight: 700; color: var(--fame); }
figure { margin: 0; }
svg { width: 100%; max-width: 780px; height: auto; }
svg line { stroke: var(--line); }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg .ink { fill: var(--ink); }
svg.confusion rect.frame { fill: none; stroke: var(--line); }
svg.confusion .right { fill: var(--plain); }
svg.confusion .wrong { fill: var(--fame); }
svg .end { text-anchor: end; }
svg circle.other { fill: var(--plain); fill-opacity: 0.75; }
svg circle.main { fill: var(--fame); fill-opacity: 0.85; }
svg line.reach { stroke-width: 2; stroke-opacity: 0.35; }
svg line.mean { stroke-width: 3; }
svg line.other { stroke: var(--plain); }
svg line.main { stroke: var(--fame); }
svg line.chance { stroke: var(--soft); stroke-dasharray: 3 4; }
svg path { fill: none; stroke-width: 2; stroke-linejoin: round; }
figcaption span { margin-right: 20px; }
figcaption span::before { content: ''; display: inline-block; width: 14px; height: 3px;
  margin-right: 7px; vertical-align: middle; background: var(--series); }
.masks { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 16px; }
.masks img { width: 100%; display: block; border-radius: 6px; image-rendering: pixelated; }
.masks figcaption { font-size: 13px; padding-top: 4px; }
footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--line); font-size: 13px; }
`
