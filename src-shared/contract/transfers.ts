import { z } from 'zod'

/**
 * Files between a browser and the machine where the workbench runs, over HTTP beside the contract.
 *
 * PUT `uploadsPath/<id>/<path>` stores the body under that path in a folder of the upload's own and
 * answers where; `<id>` is chosen by the page, and the files of one folder share it. GET
 * `exportsPath/<name>` sends a file of the project's exports folder, a folder as a ZIP archive.
 */
export const uploadsPath = '/files/uploads'
export const exportsPath = '/files/exports'

/** Bytes of all files of one upload. */
export const MOST_UPLOAD_BYTES = 4 * 2 ** 30

/** Where a file lies on the workbench's machine, absolute. */
export const uploadedSchema = z.object({ file: z.string() })
