import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Writes files below a folder: path to content. Folders are made as needed. */
export function writeTree(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

/** Two classes with two files each, split into train and test as UCF101 is distributed. */
export const smallTree: Record<string, string> = {
  'UCF-101/Archery/v_Archery_g01_c01.avi': 'a',
  'UCF-101/Archery/v_Archery_g02_c01.avi': 'b',
  'UCF-101/Biking/v_Biking_g01_c01.avi': 'c',
  'UCF-101/Biking/v_Biking_g02_c01.avi': 'd',
  'ucfTrainTestlist/classInd.txt': '1 Archery\r\n2 Biking\r\n',
  'ucfTrainTestlist/trainlist01.txt':
    'Archery/v_Archery_g02_c01.avi 1\nBiking/v_Biking_g02_c01.avi 2\n',
  'ucfTrainTestlist/testlist01.txt': 'Archery/v_Archery_g01_c01.avi\nBiking/v_Biking_g01_c01.avi\n',
}
