// Where a tile lies (C2SP tlog-tiles): tile/L/N[.p/W], N in groups of three digits, all but the last prefixed with x.

/** Hashes or entries in a full tile. */
export const TILE_WIDTH = 256

/** A Merkle tree tile of a level, or the bundle of entries below level 0. */
export type TileLevel = number | 'entries'

export interface TileName {
  readonly level: TileLevel
  readonly index: number
  /** 1 to 256; less than 256 is a partial tile. */
  readonly width: number
}

/** Relative path, as in URLs and below the log's directory. */
export function tilePath({ level, index, width }: TileName): string {
  return `tile/${level}/${numberedPath(index, width)}`
}

/** `x001/x234/067`, with `.p/W` for a partial one. */
export function numberedPath(index: number, width: number): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const path = groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join('/')
  return width === TILE_WIDTH ? path : `${path}.p/${width}`
}

/** The tile a path names; undefined for every other spelling, so one tile has one path. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path)
  if (match?.[1] === undefined || match[2] === undefined) return undefined
  const name: TileName = {
    level: match[1] === 'entries' ? 'entries' : Number(match[1]),
    index: Number(match[2].replace(/[x/]/g, '')),
    width: match[3] === undefined ? TILE_WIDTH : Number(match[3]),
  }
  return name.width > 0 && name.width <= TILE_WIDTH && tilePath(name) === path ? name : undefined
}
