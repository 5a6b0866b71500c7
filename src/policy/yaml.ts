// YAML 1.2, core schema, as far as a policy needs it: one document of maps, lists and scalars. Refuses what makes a file
// say something else than it seems to (anchors and aliases, tags, merge keys, duplicate keys, keys that are no text) and
// what is too large or too deep.
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Node as YamlNode,
} from 'yaml'
import { decodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { type MapEntry, type Node, type Scalar, unfit } from './node.ts'

/** Largest policy file, in bytes. */
export const MAX_POLICY = 256 * 1024
const MAX_DEPTH = 32

/** Reads a file. Throws `config` (`unfit`). */
export function parseYaml(bytes: Uint8Array): Node {
  if (bytes.length > MAX_POLICY) throw unfit(1, `larger than ${MAX_POLICY} bytes`)
  const lines = new LineCounter()
  const document = compose(decode(bytes), lines)
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) throw unfit(lines.linePos(problem.pos[0]).line, firstLine(problem.message))
  return nodeOf(document.contents, (offset) => lines.linePos(offset).line)
}

function decode(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch (cause) {
    if (cause instanceof Fault) throw unfit(1, 'not UTF-8')
    throw cause
  }
}

// The composer calls itself for each level, so the depth is looked at before it sees anything.
function compose(text: string, lines: LineCounter): Document.Parsed {
  // Its own search for keys that are there twice takes 18 s for 20,000 keys; `nodeOf` does it at once.
  const options = {
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    uniqueKeys: false,
    stringKeys: true,
  } as const
  const [document, second] = [...new Composer({ ...options, lineCounter: lines }).compose(tokensOf(text, lines), true)]
  if (second !== undefined) throw unfit(lines.linePos(second.range[0]).line, 'a second document')
  if (document === undefined) throw unfit(1, 'it is empty')
  return document as Document.Parsed
}

function* tokensOf(text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      // %YAML 1.1 would bring other rules, %TAG other types.
      if (token.type === 'directive') throw unfit(lines.linePos(token.offset).line, 'a directive (%)')
      yield token
    }
    if (parser.stack.length > 3 * MAX_DEPTH) throw unfit(lines.linePos(parser.offset).line, 'nested too deeply')
  }
  yield* parser.end()
}

function nodeOf(node: YamlNode | null, lineAt: (offset: number) => number): Node {
  const line = node?.range == null ? 1 : lineAt(node.range[0])
  if (node === null) return { kind: 'scalar', line, value: null }
  if (isAlias(node)) throw unfit(line, 'an alias (*): write it out, or make a group')
  if ('anchor' in node && node.anchor !== undefined) throw unfit(line, 'an anchor (&): write it out, or make a group')
  if (node.tag !== undefined) throw unfit(line, `a tag: ${node.tag}`)
  if (isMap(node)) return { kind: 'map', line, entries: unique(node.items.map((pair) => entryOf(pair, line, lineAt))) }
  if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => nodeOf(item as YamlNode, lineAt)) }
  if (isScalar(node)) return { kind: 'scalar', line, value: scalarOf(node.value, line) }
  throw unfit(line, 'neither a map nor a list nor a scalar')
}

function entryOf(pair: unknown, line: number, lineAt: (offset: number) => number): MapEntry {
  if (!isPair(pair) || !isScalar(pair.key) || typeof pair.key.value !== 'string')
    throw unfit(line, 'a key that is no text')
  const { key, value } = pair
  const own = key.range == null ? line : lineAt(key.range[0])
  nodeOf(key, lineAt)
  if (key.value === '<<') throw unfit(own, 'a merge key (<<): write it out, or make a group')
  return {
    key: pair.key.value,
    line: own,
    value: value == null ? { kind: 'scalar', line: own, value: null } : nodeOf(value as YamlNode, lineAt),
  }
}

function unique(entries: readonly MapEntry[]): readonly MapEntry[] {
  const seen = new Set<string>()
  for (const { key, line } of entries) {
    if (seen.has(key)) throw unfit(line, `the key ${JSON.stringify(key)} stands there twice`)
    seen.add(key)
  }
  return entries
}

function scalarOf(value: unknown, line: number): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  throw unfit(line, 'a scalar that is neither text nor a number nor true or false')
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '').toLowerCase()
}
