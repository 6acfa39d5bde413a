/** Entry of a thread that lays a map out: it keeps its thread busy for up to minutes. */
import { parentPort, workerData } from 'node:worker_threads'
import { layOutMap, type MapLayout } from './map-layout.ts'

export type MapNews = { done: number; total: number } | { points: Float32Array }

const send = (news: MapNews): void => parentPort?.postMessage(news)
const points = layOutMap(workerData as MapLayout, (done, total) => send({ done, total }))
send({ points })
