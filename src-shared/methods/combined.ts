import type { HealthCheck } from '../metrics/health.ts'
import { printParts, readParts } from '../settings/parts.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import { combinationTexts, USUAL } from './combined/combinations.ts'
import { partsFault, resolveParts, type PartMethods } from './combined/resolve.ts'
import { defineMethod, type Part, type ViewRole } from './method.ts'
import { movedRole } from './moved-role.ts'
import { partValues } from './part-table.ts'

export const combinedSettings = {
  parts: {
    type: 'parts',
    label: 'Parts',
    meaning:
      'Methods that train the encoder together: the loss is the sum of their losses, each times its weight. Each has a head, clips and settings of its own; what it does not set is as in the run',
    group: 'method',
    max: 8,
    named: combinationTexts,
    default: printParts(USUAL),
  },
} as const satisfies PretrainTable

/** A weighted sum of methods on one encoder. @param methods those that can be parts, by name */
export function combine(methods: PartMethods) {
  const methodOf = ({ config }: Part) => methods[config.method]
  return defineMethod({
    label: 'Combined',
    meaning: 'Trains one encoder with a weighted sum of other methods, each with clips of its own',
    parts: (config) => resolveParts(methods, config),
    title: ({ parts, merge = 'none' }) =>
      typeof parts === 'string' ? titleOf(methods, parts, merge) : null,
    views: (config) => viewsOf(methods, resolveParts(methods, config)),
    settings: combinedSettings,
    fault: (config) => partsFault(methods, config),
    metrics: {
      loss: {
        label: 'Loss',
        print: 'number',
        source: 'measured',
        better: 'low',
        meaning:
          'The sum of the losses of all parts, each times the weight of its part; a part that still waits counts as well',
        scoredLate: true,
      },
    },
    charts: [{ name: 'loss', title: 'Total loss', metrics: ['loss'] }],
    pictures(config) {
      const rows = resolveParts(methods, config).map(
        (part) => methodOf(part).pictures?.(part.config) ?? [],
      )
      return rows.find(({ length }) => length > 0) ?? []
    },
    health: (config, facts) =>
      resolveParts(methods, config).flatMap((part) =>
        methodOf(part)
          .health(part.config, facts)
          .map((check) => checkOfPart(part, check)),
      ),
    batchNegatives(config) {
      const counts = resolveParts(methods, config).flatMap(
        (part) => methodOf(part).batchNegatives?.(part.config) ?? [],
      )
      return counts.length > 0 ? Math.min(...counts) : null
    },
    scoredFrom(config) {
      const parts = resolveParts(methods, config)
      return Math.max(1, ...parts.map((part) => methodOf(part).scoredFrom(part.config)))
    },
    recipe(recipe, common, size) {
      if (recipe === 'sample') return { parts: printParts(USUAL) }
      const parts = USUAL.map(({ method: name, weight }) => {
        const method = methods[name]
        return { ...partValues(method, method.recipe(recipe, common, size)), method: name, weight }
      })
      return { parts: printParts(parts) }
    },
    paper: () => null,
    older: {},
  })
}

/** `0.5 × NAME with FAME + OTHER`. @param usual what is merged where a part does not say it */
function titleOf(methods: PartMethods, parts: string, usual: string): string {
  return readParts(parts)
    .filter(({ weight }) => weight > 0)
    .map(({ method, weight, merge = usual }) => {
      const label = Object.hasOwn(methods, method) ? methods[method].label : method
      const factor = weight === 1 ? '' : `${weight} × `
      return `${factor}${label}${merge === 'none' ? '' : ' with FAME'}`
    })
    .join(' + ')
}

/** The clips of all parts, one part after another. */
function viewsOf(methods: PartMethods, parts: readonly Part[]): ViewRole[] {
  const views: ViewRole[] = []
  for (const part of parts) {
    const from = views.length
    const own = methods[part.config.method].views(part.config)
    views.push(...own.map((role) => ofPart(part, role, from)))
  }
  return views
}

function ofPart({ name, label, config }: Part, role: ViewRole, from: number): ViewRole {
  return {
    ...movedRole(role, from),
    name: `${name}.${role.name}`,
    label: `${label}: ${role.label}`,
    part: { from, config },
  }
}

function checkOfPart({ name }: Part, check: HealthCheck): HealthCheck {
  const bound = <B extends HealthCheck['min']>(end: B) =>
    typeof end === 'object' ? { metric: `${name}.${end.metric}` } : end
  return {
    ...check,
    metric: `${name}.${check.metric}`,
    ...(check.min !== undefined && { min: bound(check.min) }),
    ...(check.max !== undefined && { max: bound(check.max) }),
  }
}
