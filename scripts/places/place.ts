// A check that no rule of scripts/disablings.ts finds.

/** What no rule finds. The text stands in its file; the first occurrence is changed. */
export type Place = readonly [path: string, text: string, without: string]
