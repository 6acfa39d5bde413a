import { METHODS, methodNamed, type MethodName } from './index.ts'

/** A list of parts that can be taken by its name, and the method and setting that take it. */
export interface NamedParts {
  name: string
  method: MethodName
  setting: string
  text: string
}

/** Every list of parts that a method knows by name. */
export const namedParts: readonly NamedParts[] = METHODS.flatMap((method) =>
  Object.entries(methodNamed(method).settings).flatMap(([setting, row]) =>
    row.type !== 'parts'
      ? []
      : Object.entries(row.named).map(([name, text]) => ({ name, method, setting, text })),
  ),
)
