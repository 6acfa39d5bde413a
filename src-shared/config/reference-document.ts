import {
  referenceAreas,
  referenceDifferences,
  type ReferenceArea,
  type ReferenceDifference,
} from './reference-differences.ts'

const INTRODUCTION = `# Differences from the reference

The reference is the authors’ implementation of FAME (Ding et al., CVPR 2022), Mark12Ding/FAME on GitHub. The numeric routines of the workbench were compared with it step by step; what is not listed here agreed. Settings that a preset changes (a narrower encoder, a smaller batch) are not listed: \`bin/fame presets\` and the form of a new run show them.

This page is rendered from \`src-shared/config/reference-differences.ts\`. After a change there, run \`vitest run test/src-shared/config/reference-document.test.ts -u\`.
`

/** `docs/reference-differences.md`. */
export function referenceDocument(): string {
  const areas = Object.entries(referenceAreas) as [ReferenceArea, string][]
  const sections = areas.map(([area, title]) => {
    const own = referenceDifferences.filter((difference) => difference.area === area)
    return [`## ${title}\n`, ...own.map(entryText)].join('\n')
  })
  return [INTRODUCTION, ...sections].join('\n')
}

function entryText(difference: ReferenceDifference): string {
  const { id, title, reference, workbench, size, reason, concerns } = difference
  const lines = { Reference: reference, Workbench: workbench, Size: size, Reason: reason }
  const items = Object.entries({ ...lines, Concerns: concerns })
  return [
    `### ${title}\n`,
    ...items.map(([name, text]) => `- **${name}**: ${text}`),
    `- **Name**: \`${id}\`\n`,
  ].join('\n')
}
