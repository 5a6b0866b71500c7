// Whether the files of a tiled log (C2SP tlog-tiles) are those of its checkpoint: every entry, tile and level, and nothing
// beside them. It shares no code with the rest, so that what both say is said twice. The checkpoint's signature is not checked.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** What is wrong with the log in `folder`; nothing where all of it is right. */
export function checkTiles(folder: string): readonly string[] {
  const [, count = '', root = ''] = readFileSync(`${folder}/checkpoint`, 'utf8').split('\n')
  const size = Number(count)
  const problems: string[] = []
  const expected = new Set<string>()
  const read = (level: string, n: number, width: number): Buffer => {
    const path = pathOf(level, n, width)
    expected.add(path)
    if (existsSync(`${folder}/${path}`)) return readFileSync(`${folder}/${path}`)
    problems.push(`${path} is missing`)
    return Buffer.alloc(0)
  }

  const leaves: Buffer[] = []
  for (let n = 0; n * 256 < size; n++) {
    const width = Math.min(256, size - n * 256)
    const entries = entriesOf(read('entries', n, width))
    if (entries.length !== width)
      problems.push(`${pathOf('entries', n, width)} has ${entries.length} entries, not ${width}`)
    for (const entry of entries) leaves.push(sha256(0x00, entry))
  }
  let hashes = leaves
  for (let level = 0; hashes.length > 0; level++) {
    const above: Buffer[] = []
    for (let n = 0; n * 256 < hashes.length; n++) {
      const part = hashes.slice(n * 256, (n + 1) * 256)
      if (!read(String(level), n, part.length).equals(Buffer.concat(part)))
        problems.push(`${pathOf(String(level), n, part.length)} does not hold the hashes of what is below it`)
      if (part.length === 256) above.push(rootOf(part))
    }
    hashes = above
  }
  if (rootOf(leaves).toString('base64') !== root) problems.push('the root is not that of the checkpoint')
  const there = existsSync(`${folder}/tile`)
    ? readdirSync(`${folder}/tile`, { recursive: true, withFileTypes: true })
    : []
  for (const file of there.filter((one) => one.isFile())) {
    const path = `${file.parentPath}/${file.name}`.slice(folder.length + 1)
    if (!expected.has(path)) problems.push(`${path} belongs to no tree of this size`)
  }
  return problems
}

function pathOf(level: string, n: number, width: number): string {
  const digits = String(n)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.../g) ?? []
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width === 256 ? '' : `.p/${width}`}`
}

/** Each behind its length in two bytes. */
function entriesOf(bundle: Buffer): readonly Buffer[] {
  const entries: Buffer[] = []
  for (let at = 0; at + 2 <= bundle.length; at += 2 + bundle.readUInt16BE(at))
    entries.push(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)))
  return entries
}

/** RFC 9162 2.1.1, straight from its definition. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (only === undefined) return createHash('sha256').digest()
  if (leaves.length === 1) return only
  let cut = 1
  while (cut * 2 < leaves.length) cut *= 2
  return sha256(0x01, rootOf(leaves.slice(0, cut)), rootOf(leaves.slice(cut)))
}

function sha256(prefix: number, ...parts: readonly Buffer[]): Buffer {
  return createHash('sha256')
    .update(Buffer.concat([Buffer.of(prefix), ...parts]))
    .digest()
}

if (import.meta.main) {
  const [folder = '.'] = process.argv.slice(2)
  const problems = checkTiles(folder)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}
