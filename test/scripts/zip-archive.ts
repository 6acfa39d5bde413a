import { createHash } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'

/** A ZIP archive of deflated members, written by the format's description. */
export function zipArchive(members: Record<string, string | Buffer>): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(members)) {
    const data = Buffer.from(content)
    const packed = deflateRawSync(data)
    const fields = Buffer.alloc(26) // version, flags, method, time, date, crc, sizes, lengths
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(data), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(data.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed])
    const rest = Buffer.alloc(14) // comment length, disk, attributes, offset
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), fields, rest, Buffer.from(name))
    bodies.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const count = Object.keys(members).length
  const end = Buffer.alloc(18)
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...bodies, central, Buffer.from('PK\x05\x06'), end])
}

/** A line of RECORD as Python's packaging writes it: base64url of SHA-256, without padding. */
export function recordLine(name: string, content: string): string {
  const hash = createHash('sha256').update(content).digest('base64')
  const safe = hash.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  return `${name},sha256=${safe},${content.length}`
}

/** A whole wheel, its RECORD in order. */
export function wheelArchive(name: string, files: Record<string, string>, metadata = ''): Buffer {
  const record = Object.entries(files).map(([file, content]) => recordLine(file, content))
  const info = `${name}-1.dist-info`
  return zipArchive({
    ...files,
    [`${info}/METADATA`]: `Version: 1\n${metadata}`,
    [`${info}/RECORD`]: record.join('\n'),
  })
}
