/** Entry of a decoder process: it decodes, and computes masks and flow of what it has decoded. */
import { flowJobs } from '../flow/jobs/flow-jobs.ts'
import { maskJobs } from '../masks/jobs/job-table.ts'
import { serveDecoder } from '../video/decoder-process.ts'

serveDecoder({ ...maskJobs, ...flowJobs })
