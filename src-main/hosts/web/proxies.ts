import { BlockList, isIP } from 'node:net'
import { WorkbenchError } from '../../base/workbench-error.ts'
import type { ReadHeader } from './access.ts'

/** A request as its browser made it. */
export interface Seen {
  /** Headers, `host` being the name that the browser asked for. */
  header: ReadHeader
  /** Address of the browser's machine. */
  address: string
  /** Whether the browser's connection was encrypted. */
  secure: boolean
}

/**
 * Reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed. From any other address
 * these headers are ignored, since anybody may send them.
 */
export class TrustedProxies {
  private readonly known = new BlockList()

  /** @throws WorkbenchError for what is neither an address nor a subnet such as `10.0.0.0/8` */
  constructor(addresses: readonly string[]) {
    for (const address of addresses) this.add(address)
  }

  /** @param own whether this server itself is reached over TLS */
  seen(header: ReadHeader, remote: string | undefined, own: { secure: boolean }): Seen {
    const address = plain(remote ?? '')
    const direct = { header, address: address || 'an unknown address', ...own }
    if (!this.trusts(address)) return direct
    const host = last(header('x-forwarded-host'))
    const proto = last(header('x-forwarded-proto'))
    return {
      header: (name) => (name === 'host' ? (host ?? header(name)) : header(name)),
      address: this.browserOf(header('x-forwarded-for')) ?? direct.address,
      secure: proto === null ? own.secure : proto.toLowerCase() === 'https',
    }
  }

  /** Each proxy adds the address it was called from, so the last one that is no proxy is the browser's. */
  private browserOf(forwarded: string | undefined): string | null {
    const addresses = (forwarded ?? '').split(',').map((each) => plain(each.trim()))
    return addresses.findLast((each) => isIP(each) !== 0 && !this.trusts(each)) ?? null
  }

  private trusts(address: string): boolean {
    const kind = isIP(address)
    return kind !== 0 && this.known.check(address, kind === 6 ? 'ipv6' : 'ipv4')
  }

  private add(text: string): void {
    const [address, bits, ...rest] = text.split('/')
    const kind = isIP(address)
    const family = kind === 6 ? 'ipv6' : 'ipv4'
    const most = kind === 6 ? 128 : 32
    const isSubnet = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most
    if (kind === 0 || rest.length > 0 || (bits !== undefined && !isSubnet)) {
      throw new WorkbenchError(
        `--trust-proxy is '${text}': expected an address such as 127.0.0.1 or a subnet such as 10.0.0.0/8.`,
      )
    }
    if (isSubnet) this.known.addSubnet(address, Number(bits), family)
    else this.known.addAddress(address, family)
  }
}

/** The value that the nearest proxy has set: what is before it came with the request. */
function last(value: string | undefined): string | null {
  return value?.split(',').at(-1)?.trim() || null
}

/** An IPv4 address as it is seen on an IPv6 socket. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
