// A repository from objects, without a Git process for each: one pack, written as it grows, and packed refs.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { objectId } from '../../src/git/id.ts'

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4 } as const
export type Algorithm = 'sha1' | 'sha256'

export interface PackWriter {
  /** Adds an object and gives its id. */
  add(type: keyof typeof TYPES, bytes: Uint8Array): string
  /** Indexes the pack and writes the refs, full names with ids. Throws where Git refuses. */
  finish(refs: ReadonlyMap<string, string>): void
}

/** A new bare repository in `folder`. */
export function createPack(folder: string, algorithm: Algorithm = 'sha1'): PackWriter {
  git(folder, ['init', '-q', '--bare', '-b', 'main', `--object-format=${algorithm}`, folder])
  const path = join(folder, 'objects/pack/tmp.pack')
  const fd = openSync(path, 'w+')
  writeSync(fd, header(0))
  let count = 0
  return {
    add(type, bytes) {
      count++
      writeSync(fd, objectHeader(TYPES[type], bytes.length))
      writeSync(fd, deflateSync(bytes, { level: 1 }))
      return objectId(type, bytes, algorithm)
    },
    finish(refs) {
      writeSync(fd, header(count), 0, 12, 0)
      const digest = digestOf(fd, algorithm)
      closeSync(fd)
      writeFileSync(path, digest, { flag: 'a' })
      const name = join(folder, `objects/pack/pack-${digest.toString('hex')}.pack`)
      renameSync(path, name)
      git(folder, ['index-pack', name])
      const lines = [...refs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([ref, oid]) => `${oid} ${ref}\n`)
      writeFileSync(join(folder, 'packed-refs'), `# pack-refs with: sorted \n${lines.join('')}`)
    },
  }
}

function git(folder: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync('git', args, { cwd: args[0] === 'init' ? '/' : folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
}

function header(count: number): Buffer {
  const bytes = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1')
  bytes.writeUInt32BE(count, 8)
  return bytes
}

function objectHeader(type: number, size: number): Buffer {
  const bytes: number[] = []
  let rest = Math.floor(size / 16)
  bytes.push((type << 4) | (size % 16) | (rest > 0 ? 0x80 : 0))
  for (; rest > 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | (rest > 127 ? 0x80 : 0))
  return Buffer.from(bytes)
}

function digestOf(fd: number, algorithm: Algorithm): Buffer {
  const hash = createHash(algorithm)
  const buffer = Buffer.alloc(1 << 20)
  for (let at = 0; ; ) {
    const count = readSync(fd, buffer, 0, buffer.length, at)
    if (count === 0) return hash.digest()
    hash.update(buffer.subarray(0, count))
    at += count
  }
}
