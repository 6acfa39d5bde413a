/** A zip archive whose files are stored as they are, as `torch.save` writes it; sums are left out. */
export function storedZip(files: Record<string, Buffer>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [name, content] of Object.entries(files)) {
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50)
    for (const [target, offset] of [
      [header, 18],
      [entry, 20],
    ] as const) {
      target.writeUInt32LE(content.length, offset)
      target.writeUInt32LE(content.length, offset + 4)
      target.writeUInt16LE(Buffer.byteLength(name), offset + 8)
    }
    entry.writeUInt32LE(at, 42)
    parts.push(header, Buffer.from(name), content)
    directory.push(entry, Buffer.from(name))
    at += 30 + Buffer.byteLength(name) + content.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, ...directory, end])
}
