/** Names of what a part of a run measures: those of its method behind the part's own name. */
import { methodNamed, METHODS } from '../methods/index.ts'

/** `part.metric` */
export function ofPart(part: string, metric: string): string {
  return `${part}.${metric}`
}

/** What a metric of a part is: the method that measures it, and how the part is called. */
export interface PartMetric {
  method: string
  /** The method's label, with a number where several parts have it. */
  label: string
  metric: string
}

/** Null for a metric that is no part's. */
export function partOfMetric(name: string): PartMetric | null {
  const at = name.indexOf('.')
  const [, method, often] = /^(.+?)(?:-(\d+))?$/.exec(name.slice(0, Math.max(at, 0))) ?? []
  if (method === undefined || !METHODS.some((known) => known === method)) return null
  const label = [methodNamed(method).label, often].filter(Boolean).join(' ')
  return { method, label, metric: name.slice(at + 1) }
}
