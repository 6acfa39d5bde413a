import { z } from 'zod'

export const completePathSchema = z.object({
  /** What has been typed of a path on the machine where the workbench runs; `~` is the home folder. */
  typed: z.string().max(4096),
  /** Files as well as folders. */
  files: z.boolean().default(false),
})

export const pathCompletionSchema = z.object({
  /** The folder that was looked into. */
  folder: z.string(),
  /** Folders first, by name. The path of a folder ends with a separator. */
  entries: z.array(z.object({ name: z.string(), path: z.string(), isFolder: z.boolean() })),
  /** There are more than these. */
  more: z.boolean(),
})
export type PathCompletion = z.infer<typeof pathCompletionSchema>
