/** Entry of a decoder process: it decodes, and computes masks, flow and clips of what it has decoded. */
import { flowJobs } from '../flow/jobs/flow-jobs.ts'
import { maskJobs } from '../masks/jobs/job-table.ts'
import { pairsJobs } from '../pairs/jobs/pairs-jobs.ts'
import { serveDecoder } from '../video/decoder-process.ts'

serveDecoder({ ...maskJobs, ...flowJobs, ...pairsJobs })
