import { methodNamed } from './index.ts'
import type { MethodDescriptor } from './method.ts'

/** Settings as a run or a form has them. */
export type Settings = Readonly<Record<string, number | string | boolean | null>>

/** Whether the clips of a run, or some of them, are flow. */
export function takesFlow(settings: Settings): boolean {
  const { modality, method } = settings
  if (modality === 'flow') return true
  // A form may have fields that are empty; which views there are does not depend on those.
  const config = settings as unknown as Parameters<MethodDescriptor['views']>[0]
  if (typeof method !== 'string') return false
  return methodNamed(method)
    .views(config)
    .some((view) => view.modality === 'flow')
}
