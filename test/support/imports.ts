// Who imports whom, read from the bundler's metafile; and which globals each file touches, found by the bundler too.
import { readFileSync } from 'node:fs'
import { type Metafile, transformSync } from 'esbuild'

/** What one file takes directly from elsewhere. */
export interface FileUse {
  /** Other source files, dynamic imports included. */
  readonly files: readonly string[]
  /** `node:*` modules without the prefix. */
  readonly node: readonly string[]
  readonly packages: readonly string[]
  /** Names of `GLOBALS`. */
  readonly globals: readonly string[]
}

/** What a room may reach, itself or through others. Lists are words separated by spaces. */
export interface Row {
  readonly rooms: string
  readonly node?: string
  readonly packages?: string
  readonly globals?: string
}

/** Each kind of global, and the expressions that are one. */
const GLOBALS: Readonly<Record<string, readonly string[]>> = {
  network: ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'],
  clock: ['Date.now', 'performance'],
  process: ['process', 'Bun', 'globalThis', 'global', 'navigator'],
  random: ['Math.random', 'crypto'],
  later: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  async: ['Promise'],
  code: ['eval', 'Function', 'require', 'module'],
}

// The bundler renames free identifiers only, so neither a comment nor a string nor a local name counts.
const markers = Object.entries(GLOBALS).flatMap(([kind, names]) =>
  names.map((name) => [name, `__uses_${kind}_${name.replace('.', '_')}`] as const),
)

export function globalsOf(source: string): readonly string[] {
  const options = { loader: 'ts', format: 'esm', minifyWhitespace: true, define: Object.fromEntries(markers) } as const
  const { code } = transformSync(source, options)
  const used = new Set(Array.from(code.matchAll(/__uses_([a-z]+)_/g), ([, kind]) => kind ?? ''))
  const words = code.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""')
  if (/\basync\b|\bawait\b|\bimport\(/.test(words)) used.add('async')
  if (/\bnew Date\b(?!\()|\bnew Date\(\)/.test(words)) used.add('clock')
  return [...used].sort()
}

/** One record a source file under src/. */
export function usesOf(metafile: Metafile): ReadonlyMap<string, FileUse> {
  const sources = Object.entries(metafile.inputs).filter(([path]) => path.startsWith('src/'))
  return new Map(sources.map(([path, { imports }]) => [path, useOf(path, imports)]))
}

function useOf(path: string, imports: Metafile['inputs'][string]['imports']): FileUse {
  const outside = imports.filter(({ external }) => external).map((each) => each.path)
  return {
    files: imports.filter(({ external }) => !external).map((each) => each.path),
    node: outside.filter((name) => name.startsWith('node:')).map((name) => name.slice('node:'.length)),
    packages: outside.filter((name) => !name.startsWith('node:')),
    globals: path.endsWith('.ts') ? globalsOf(readFileSync(path, 'utf8')) : [],
  }
}

/** A file's room: its folder; apart from that, the clients of a folder, and what lies directly in src/. */
export function roomOf(path: string): string {
  const [, folder = '', ...rest] = path.split('/')
  if (rest.length === 0) return /^(main|index|clients)/.exec(folder)?.[0] ?? 'base'
  return /(^|-)client\b/.test(rest.at(-1) ?? '') ? `${folder}-client` : folder
}

/** One sentence for each thing that a room reaches and its row does not list. */
export function violations(uses: ReadonlyMap<string, FileUse>, rows: Readonly<Record<string, Row>>): readonly string[] {
  const found = [...uses.keys()].flatMap((path) => {
    const row = rows[roomOf(path)]
    return row === undefined
      ? [`${path}: no row for ${roomOf(path)}`]
      : reachedFrom(uses, path).flatMap(breaches(path, row))
  })
  return [...new Set(found)].sort()
}

type Reached = readonly [path: string, use: FileUse]

function breaches(from: string, row: Row): (reached: Reached) => readonly string[] {
  const rooms = new Set([roomOf(from), ...words(row.rooms)])
  return ([path, use]) => [
    ...[roomOf(path)].filter((room) => !rooms.has(room)).map(() => `${from} reaches ${path}`),
    ...outside(use.node, row.node).map((name) => `${from} reaches node:${name} by ${path}`),
    ...outside(use.packages, row.packages).map((name) => `${from} reaches ${name} by ${path}`),
    ...outside(use.globals, row.globals).map((kind) => `${from} reaches ${kind} globals by ${path}`),
  ]
}

function outside(used: readonly string[], listed: string | undefined): readonly string[] {
  const allowed = new Set(words(listed))
  return used.filter((name) => !allowed.has(name))
}

function words(list = ''): readonly string[] {
  return list.split(/\s+/).filter((word) => word !== '')
}

/** The file itself and all that it imports, directly or not. */
export function reachedFrom(uses: ReadonlyMap<string, FileUse>, start: string): readonly Reached[] {
  const seen = new Map<string, FileUse>()
  const queue = [start]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const use = uses.get(path)
    if (use === undefined || seen.has(path)) continue
    seen.set(path, use)
    queue.push(...use.files)
  }
  return [...seen]
}
