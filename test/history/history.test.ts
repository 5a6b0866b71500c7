import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import type { Frame } from '../../src/git/frames.ts'
import { objectId } from '../../src/git/id.ts'
import { eachRecord, verifyHistory } from '../../src/history/history.ts'
import type { Lookers } from '../../src/history/pool.ts'

const format = { algorithm: 'sha1', compatible: false } as const
const person = (time: number) => `K <k@example.com> ${time} +0000`
const lookers = { width: 0, look: async () => [], close: async () => undefined }

function commitOf(time: number, more = ''): Frame {
  const bytes = Buffer.from(`tree ${'a'.repeat(40)}\nauthor ${person(time)}\ncommitter ${person(time)}\n${more}\nm\n`)
  const header = Buffer.from(`commit ${bytes.length}\0`)
  const framed = Buffer.concat([header, bytes])
  return { oid: objectId('commit', bytes, 'sha1'), type: 'commit', framed, start: header.length }
}

async function found(frame: Frame, since: number, { look }: Pick<Lookers, 'look'> = lookers) {
  const frames = (async function* () {
    yield [frame]
  })()
  const records = []
  for await (const { finding } of eachRecord(
    verifyHistory({ frames, format, lookers: { ...lookers, look }, since }).groups,
  ))
    records.push(finding)
  return records
}

test('a commit from before --since is left out, one from then is not', async () => {
  expect(await found(commitOf(999), 1000)).toEqual([])
  expect(await found(commitOf(1000), 1000)).toEqual([{ state: 'unsigned' }])
})

test('an old date in bytes that have another id leaves nothing out', async () => {
  expect(await found({ ...commitOf(999), oid: commitOf(1000).oid }, 1000)).toMatchObject([
    { state: 'fault', why: 'damaged: its bytes have another id' },
  ])
})

test.each([[[]], [[[]]]])('an object of which a thread tells nothing is a fault, not missing: %j', async (answer) => {
  const signed = commitOf(1000, 'gpgsig -----BEGIN SIGNED MESSAGE-----\n')
  expect(await found(signed, 0, { look: async () => answer })).toMatchObject([{ state: 'fault', code: 'worker' }])
})

test('objects that come one by one are looked at many at a time, and told in their order', async () => {
  const signed = Array.from({ length: 40 }, (_, i) => commitOf(i, 'gpgsig -----BEGIN SIGNED MESSAGE-----\n'))
  const counts: number[] = []
  const frames = (async function* () {
    for (const frame of signed) yield [frame]
  })()
  const look: Lookers['look'] = async (all) => {
    counts.push(all.length)
    return all.map(() => [{ state: 'unsigned' }])
  }
  const told = []
  for await (const { oid } of eachRecord(verifyHistory({ frames, format, lookers: { ...lookers, look } }).groups))
    told.push(oid)
  expect(counts).toEqual([32, 8])
  expect(told).toEqual(signed.map(({ oid }) => oid))
})
