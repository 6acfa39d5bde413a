/** Entry of the process that embeds one clip. */
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { loadEngine } from '../../../trainer/engine/load.ts'
import { embedClip, type Embedding, type EmbedRequest } from '../../../trainer/evaluation/embed.ts'
import { say } from '../output.ts'
import { answerTask } from '../trainer-task.ts'

export type EmbedderJob = EmbedRequest & { precision: PretrainConfig['precision'] }

await answerTask(async ({ precision, ...request }: EmbedderJob): Promise<Embedding> => {
  const engine = await loadEngine(precision)
  engine.info.notices.forEach((notice) => say(notice))
  return embedClip(engine, request)
})
