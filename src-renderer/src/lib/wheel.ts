/** Pixels of a line, in which some mice count. */
const LINE = 16

/** How far a wheel was turned down, in pixels; touchpads and mice alike. */
export function wheelUnits(event: WheelEvent): number {
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1
  // Pinching on a touchpad comes as a wheel with Ctrl, in small units.
  return event.deltaY * lines * (event.ctrlKey ? 4 : 1)
}
