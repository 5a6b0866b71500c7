// Objects as a stream of Git's answers gives them, and a repository that is a table.
import { type Frame, frameId } from '../../src/git/frames.ts'
import type { ObjectAlgorithm, ObjectType } from '../../src/git/id.ts'
import type { Repository } from '../../src/history/walk.ts'

export function frameOf(type: ObjectType, bytes: Uint8Array | string, algorithm: ObjectAlgorithm = 'sha1'): Frame {
  const content = Buffer.from(bytes)
  const head = Buffer.from(`${type} ${content.length}\0`)
  const framed = Buffer.concat([head, content])
  return { oid: frameId({ framed }, algorithm), type, framed, start: head.length }
}

const TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const PERSON = 'Alice <alice@example.com> 1780000000 +0000'

export function commitFrame(parents: readonly string[], message = 'x', more = ''): Frame {
  const lines = parents.map((id) => `parent ${id}\n`).join('')
  return frameOf('commit', `tree ${TREE}\n${lines}author ${PERSON}\ncommitter ${PERSON}\n${more}\n${message}\n`)
}

/** @param listed what Git's own walk says, which may be a lie */
export function tableRepository(frames: readonly Frame[], listed: readonly (readonly string[])[]): Repository {
  const table = new Map(frames.map((frame) => [frame.oid, frame]))
  const answers = [...listed]
  return {
    async *listCommits() {
      const ids = answers.shift() ?? []
      if (ids.length > 0) yield Buffer.from(`${ids.join('\n')}\n`)
    },
    async *readObjects(ids) {
      for await (const chunk of ids)
        for (const oid of Buffer.from(chunk).toString('latin1').split('\n').filter(Boolean))
          yield [table.get(oid) ?? { oid, framed: Buffer.alloc(0), start: 0, why: 'missing' }]
    },
  }
}
