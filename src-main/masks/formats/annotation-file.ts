import { rm } from 'node:fs/promises'
import { TextFile } from './text-file.ts'

/** What COCO and YouTube-VIS share: pictures, annotations of them, and a category a class. */
export class AnnotationFile {
  private readonly pictures: TextFile
  /** A file beside the first, since both arrays grow together. */
  private readonly annotations: TextFile
  private readonly annotationsPath: string
  private readonly before = { picture: '', annotation: '' }
  private readonly categories = new Map<string, number>()
  private annotated = 0

  private constructor(pictures: TextFile, annotations: TextFile, annotationsPath: string) {
    this.pictures = pictures
    this.annotations = annotations
    this.annotationsPath = annotationsPath
  }

  /**
   * @param out one that does not exist yet
   * @param name of the array of pictures: `images`, `videos`
   */
  static async create(out: string, name: string): Promise<AnnotationFile> {
    const annotationsPath = `${out}.annotations`
    const pictures = await TextFile.create(out)
    const info = { description: 'Masks of FAME Workbench', date_created: new Date().toISOString() }
    await pictures.write(`{"info":${JSON.stringify(info)},"licenses":[],"${name}":[\n`)
    return new AnnotationFile(pictures, await TextFile.create(annotationsPath), annotationsPath)
  }

  async addPicture(picture: object): Promise<void> {
    await this.pictures.write(this.before.picture + JSON.stringify(picture))
    this.before.picture = ',\n'
  }

  /** Numbers the annotation, and its category by the class; without one it is `foreground`. */
  async annotate(name: string | null, annotation: object): Promise<void> {
    const category = name ?? 'foreground'
    const category_id = this.categories.get(category) ?? this.categories.size + 1
    this.categories.set(category, category_id)
    const numbered = { id: ++this.annotated, category_id, iscrowd: 0, ...annotation }
    await this.annotations.write(this.before.annotation + JSON.stringify(numbered))
    this.before.annotation = ',\n'
  }

  async end(): Promise<void> {
    await this.pictures.write('\n],"annotations":[\n')
    await this.pictures.take(this.annotations)
    await rm(this.annotationsPath)
    const categories = [...this.categories].map(([name, id]) => ({ id, name }))
    await this.pictures.write(`\n],"categories":${JSON.stringify(categories)}}\n`)
    await this.pictures.end()
  }

  async abort(): Promise<void> {
    await this.pictures.close()
    await this.annotations.close()
    await rm(this.annotationsPath, { force: true })
  }
}
