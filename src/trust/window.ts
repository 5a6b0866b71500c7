// Validity windows of keys and authorities. Both ends are inclusive (Sigstore client specification).

/** Milliseconds since 1970. Without an end the window is still open. */
export interface Window {
  readonly start: number
  readonly end?: number
}

export function isWithin(window: Window, time: number): boolean {
  return time >= window.start && (window.end === undefined || time <= window.end)
}
