import { ORPCError, ValidationError } from '@orpc/server'
import { z } from 'zod'
import { ConfigError } from '#shared/settings/check.ts'
import { storageError } from '../store/storage-error.ts'
import { NotThereError, WorkbenchError } from '../base/workbench-error.ts'

/**
 * What a client is told of an error: the fact and the remedy of one that the user can do something
 * about, which field is wrong of a malformed request, and of a fault of the workbench its message.
 * Stacks stay on this side.
 */
export function clearError(error: unknown): ORPCError<string, unknown> {
  if (error instanceof NotThereError) return new ORPCError('NOT_FOUND', { message: error.message })
  if (error instanceof WorkbenchError || error instanceof ConfigError) {
    return new ORPCError('UNPROCESSABLE_CONTENT', { message: error.message })
  }
  if (error instanceof ORPCError) return withIssues(error as ORPCError<string, unknown>)
  const storage = storageError(error)
  if (storage) return clearError(storage)
  console.error(error)
  const message = error instanceof Error ? error.message : String(error)
  return new ORPCError('INTERNAL_SERVER_ERROR', { message: `The workbench failed: ${message}` })
}

function withIssues(error: ORPCError<string, unknown>): ORPCError<string, unknown> {
  if (!(error.cause instanceof ValidationError)) return error
  const issues = error.cause.issues as z.core.$ZodIssue[]
  const message = `${error.message}: ${z.prettifyError({ issues })}`
  if (error.code !== 'BAD_REQUEST') console.error(message)
  return new ORPCError(error.code, { message })
}
