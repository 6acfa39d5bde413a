import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeVideo } from '#main/video/writer.ts'

export const tiny = { width: 64, height: 48, fps: 25 } as const

/** A bright square that moves over a dark ramp: RGB u8 [H, W, 3] a frame. */
export function tinyFrame(index: number): Uint8Array {
  const { width, height } = tiny
  const frame = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= 4 + index && x < 20 + index && y >= 16 && y < 32
      frame.fill(inside ? 230 : x, (y * width + x) * 3, (y * width + x + 1) * 3)
    }
  }
  return frame
}

export async function writeTinyVideo(file: string, frames: number): Promise<void> {
  await writeVideo(
    file,
    tiny,
    Array.from({ length: frames }, (_, i) => tinyFrame(i)),
  )
}

/**
 * A data set in UCF101's layout: two classes, `train` and `test` videos of 40 frames in all, and one
 * damaged file in the training split.
 */
export async function writeTinySet(folder: string, train = 4, test = 2): Promise<void> {
  const lists = { trainlist01: [] as string[], testlist01: [] as string[] }
  for (let i = 0; i < train + test; i++) {
    const name = i % 2 === 0 ? 'Bounce' : 'Spin'
    const path = `${name}/v_${name}_g${String(i + 1).padStart(2, '0')}_c01.avi`
    mkdirSync(join(folder, 'UCF-101', name), { recursive: true })
    await writeTinyVideo(join(folder, 'UCF-101', path), 40)
    if (i < train) lists.trainlist01.push(`${path} ${(i % 2) + 1}`)
    else lists.testlist01.push(path)
  }
  const damaged = 'Spin/v_Spin_g99_c01.avi'
  writeFileSync(join(folder, 'UCF-101', damaged), 'no video at all')
  lists.trainlist01.push(`${damaged} 2`)
  mkdirSync(join(folder, 'ucfTrainTestlist'))
  writeFileSync(join(folder, 'ucfTrainTestlist', 'classInd.txt'), '1 Bounce\n2 Spin\n')
  for (const [name, lines] of Object.entries(lists)) {
    writeFileSync(join(folder, 'ucfTrainTestlist', `${name}.txt`), `${lines.join('\n')}\n`)
  }
}
