/** Ends one part after another, each before what it uses. */
export async function closeAll(parts: readonly { close(): void | Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.close()
}
