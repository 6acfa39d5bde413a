import { basename, dirname, join } from 'node:path'
import type { Split } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import {
  fileNames,
  firstFolder,
  folderName,
  joinPath,
  listLabel,
  readList,
  stem,
  walkVideos,
} from './files.ts'
import type { Format, Listing, Source } from './listing.ts'
import { placeVideos, type FoundVideo, type ListEntry } from './match-files.ts'
import { parseAnswers, parseSomethingList } from './something-something-lists.ts'
import { Warnings } from './warnings.ts'

/** Folders that the videos may lie in; else they are in the folder itself. */
const VIDEO_FOLDERS = ['20bn-something-something-v2', 'something-something-v2', 'videos']
const LIST_FOLDERS = ['labels', 'annotations', 'lists', '.']
/** As distributed now, and as first. */
const LISTS: readonly { split: Split; names: readonly string[] }[] = [
  { split: 'train', names: ['train.json', 'something-something-v2-train.json'] },
  { split: 'val', names: ['validation.json', 'something-something-v2-validation.json'] },
  { split: 'test', names: ['test.json', 'something-something-v2-test.json'] },
]
const ANSWERS = ['test-answers.csv', 'something-something-v2-test-answers.csv']
/** A list begins with a video that has an id and a template. */
const OWN_LIST = /^\s*\[\s*\{[^}]*"id"\s*:[^}]*"template"\s*:/

/**
 * Something-Something V2: `20bn-something-something-v2/<number>.webm`, and lists in JSON in which
 * each video has a template such as `Holding [something]`. A class is the template without brackets.
 * Classes tell left from right: flipping a clip changes what it shows.
 */
export const somethingSomething: Format = {
  format: 'something-something-v2',
  recognise,
  list: listSomething,
}

async function recognise(source: Source): Promise<string | null> {
  const lists = await findLists(source)
  const names = lists === null ? [] : Object.values(lists.names)
  for (const name of names) {
    const text = await readList(join(lists!.folder, name), name, new Warnings())
    if (text !== null && OWN_LIST.test(text.slice(0, 10_000))) {
      return `${name} lists videos with templates`
    }
  }
  return null
}

/** @throws WorkbenchError when the folder has no videos, or no lists lie where they are said to. */
async function listSomething(source: Source): Promise<Listing> {
  const root = source.folder
  const warnings = new Warnings()
  const inner = await firstFolder(VIDEO_FOLDERS.map((name) => join(root, name)))
  const files = await findVideos(root, inner === null ? '' : basename(inner), warnings)
  if (files.length === 0) {
    throw new WorkbenchError(
      `${root} has no videos in the layout of Something-Something V2. Expected ` +
        `${join(root, VIDEO_FOLDERS[0], '<number>.webm')}; choose the folder that contains it.`,
    )
  }
  const entries = await readSplits(source, warnings)
  const options = { root: folderName(root), reportUnlisted: entries.length > 0 }
  const videos = placeVideos(files, entries, options, warnings)
  return { name: folderName(root), folder: root, videos, ...warnings.summary() }
}

async function findVideos(root: string, from: string, warnings: Warnings): Promise<FoundVideo[]> {
  const found: FoundVideo[] = []
  for await (const { folder, names } of walkVideos(root, { depth: 1, warnings, from })) {
    for (const name of names) {
      found.push({ path: joinPath(folder, name), class: null, split: null, key: stem(name) })
    }
  }
  return found
}

async function readSplits(source: Source, warnings: Warnings): Promise<ListEntry[]> {
  const lists =
    (await findLists(source)) ?? (await findLists({ ...source, folder: dirname(source.folder) }))
  if (lists === null) {
    if (source.annotations !== null) {
      throw new WorkbenchError(`${source.annotations} has no train.json. Check the folder.`)
    }
    const text = `there is no such list in ${source.folder}, so videos have neither class nor split`
    warnings.add('unreadable', 'labels/train.json', null, text)
    return []
  }
  const read = async (name: string): Promise<{ text: string | null; label: string }> => {
    const label = listLabel(source.folder, join(lists.folder, name))
    return { text: await readList(join(lists.folder, name), label, warnings), label }
  }
  const { text: table } = lists.answers === null ? { text: null } : await read(lists.answers)
  const answers = table === null ? new Map<string, string>() : parseAnswers(table)
  const entries: ListEntry[] = []
  for (const { split } of LISTS) {
    const name = lists.names[split]
    if (name === undefined) continue
    const { text, label } = await read(name)
    if (text === null) continue
    // Not spread into push: 170,000 videos would not fit on the stack.
    const found = parseSomethingList(text, { label, split, answers }, warnings)
    for (const entry of found) entries.push(entry)
  }
  return entries
}

interface Lists {
  folder: string
  names: Partial<Record<Split, string>>
  answers: string | null
}

/** The folder that has at least one of the lists. */
async function findLists({ folder, annotations }: Source): Promise<Lists | null> {
  for (const place of LIST_FOLDERS.map((name) => join(annotations ?? folder, name))) {
    const present = await fileNames(place)
    const names: Lists['names'] = {}
    for (const { split, names: possible } of LISTS) {
      const name = possible.find((each) => present.includes(each))
      if (name !== undefined) names[split] = name
    }
    const answers = ANSWERS.find((name) => present.includes(name)) ?? null
    if (Object.keys(names).length > 0) return { folder: place, names, answers }
  }
  return null
}
