/** Share of a mask's pixels that are sure, 0..1. @param soft [H, W] @param sure [H, W] u8, 0 or 1 */
export function agreementOf(soft: Float32Array, sure: Uint8Array): number {
  let [all, agreed] = [0, 0]
  for (let i = 0; i < soft.length; i++) {
    if (soft[i] <= 0.5) continue
    all++
    agreed += sure[i]
  }
  return all === 0 ? 1 : agreed / all
}
