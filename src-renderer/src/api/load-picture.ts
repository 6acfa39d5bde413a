import { frameIndexHeader } from '#shared/contract/pictures.ts'

/**
 * Fetches and decodes a picture off the main thread.
 * @throws Error with the host's own words where it gave any.
 */
export async function loadPicture(url: string, signal?: AbortSignal): Promise<ImageBitmap> {
  const response = await ask(url, signal)
  return createImageBitmap(await response.blob())
}

/**
 * Fetches a frame that may be another one than was asked for, and says which it is.
 * @throws Error as `loadPicture`
 */
export async function loadNearFrame(
  url: string,
  signal?: AbortSignal,
): Promise<{ picture: ImageBitmap; index: number }> {
  const response = await ask(url, signal)
  const index = Number(response.headers.get(frameIndexHeader) ?? NaN)
  if (!Number.isInteger(index))
    throw new Error('The workbench sent a picture without its frame number.')
  return { picture: await createImageBitmap(await response.blob()), index }
}

/**
 * Fetches bytes from the host.
 * @throws Error with the host's own words where it gave any.
 */
export async function loadBytes(url: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await ask(url, signal)).arrayBuffer()
}

async function ask(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await fetch(url, signal ? { signal } : {})
  if (!response.ok) throw new Error(await hostWords(response))
  return response
}

async function hostWords(response: Response): Promise<string> {
  const text = (await response.text()).trim()
  const said = fromJson(text) ?? text
  const isPage = said.startsWith('<')
  return said !== '' && said.length < 400 && !isPage
    ? said
    : `The workbench answered a picture request with status ${response.status}. See its log.`
}

function fromJson(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const { error, message } = JSON.parse(text) as { error?: unknown; message?: unknown }
    return typeof error === 'string' ? error : typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
