/**
 * Fetches and decodes a picture off the main thread.
 * @throws Error with the host's own words where it gave any.
 */
export async function loadPicture(url: string, signal?: AbortSignal): Promise<ImageBitmap> {
  const response = await fetch(url, signal ? { signal } : {})
  if (!response.ok) throw new Error(await hostWords(response))
  return createImageBitmap(await response.blob())
}

async function hostWords(response: Response): Promise<string> {
  const text = (await response.text()).trim()
  const said = fromJson(text) ?? text
  const isPage = said.startsWith('<')
  return said !== '' && said.length < 400 && !isPage
    ? said
    : `The host answered ${response.status} to a picture request: see its log.`
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
