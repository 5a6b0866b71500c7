import { generateKeyPairSync, hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData } from '../../src/cms/signed-data.ts'
import { loggedIds } from '../../src/git/logged-id.ts'
import { splitCommit, splitTag } from '../../src/git/object.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import { findEntries } from '../../src/rekor/client-online.ts'
import { createEntrySearch } from '../../src/rekor/client-search.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { createHttp } from '../../src/system/http.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { faultOf } from '../support/faults.ts'
import { issueLeaf } from '../support/issue.ts'
import { enter, makeLog } from '../support/log.ts'
import { json } from '../support/loopback.ts'
import { type FakeLog, serveLog, uuidOf } from '../support/rekor-v1.ts'
import { hasShared, readCorpus, readCorpusObject } from '../support/shared.ts'

const log = makeLog('p256')
const OWN = 'ab'.repeat(20)
const WRONG = 'cd'.repeat(20)

function newLeaf(): Certificate {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return parseCertificate(issueLeaf({ spki, notBefore: 0, notAfter: 600_000, withSct: true }))
}

const certificate = newLeaf()

/** What it signs nobody looks at here. */
function entryFor(id: string, leaf = certificate): LogEntry {
  const digest = hash('sha256', id, 'buffer')
  const content = {
    version: '0.0.1',
    digest,
    signature: encodeUtf8(id),
    certificate: leaf.bytes,
    key: leaf.key,
  } as const
  const body = hashedRekordBody(content)
  return { ...enter(log, '0.0.1', body), canonicalizedBody: body }
}

function find({ url }: FakeLog, ids: readonly string[] = [OWN, WRONG], of = certificate) {
  const http = createHttp({ userAgent: 'gitsigil/test', sleep: async () => {} })
  return findEntries(createEntrySearch({ http, url }), { ids, certificate: of })
}

const uuids = (entries: readonly LogEntry[]) => entries.map(uuidOf)

test('one search and one retrieval find an entry, among others of its hash and of its key', async () => {
  const entry = entryFor(OWN)
  const strangers = Array.from({ length: 3 }, () => entryFor(OWN, newLeaf()))
  const server = await serveLog([...strangers, entryFor('00'.repeat(20)), entry])
  expect(uuids(await find(server))).toEqual([uuidOf(entry)])
  expect(server.asked.length).toBe(2)
  expect(server.searches()[0]).toMatchObject({ hash: `sha256:${hash('sha256', OWN)}`, operator: 'and' })
  expect(server.retrievals()).toEqual([[uuidOf(entry)]])
})

test.each([['hash'], ['key']] as const)('an index that knows entries by %s alone is enough', async (known) => {
  const server = await serveLog([entryFor(OWN)], { knows: [known] })
  expect(uuids(await find(server))).toEqual([uuidOf(entryFor(OWN))])
})

test('an id that gitsign computed wrongly is searched too, once the right one is not there', async () => {
  const server = await serveLog([entryFor(WRONG)], { knows: ['hash'] })
  expect(uuids(await find(server))).toEqual([uuidOf(entryFor(WRONG))])
  const hashes = server.searches().map((query) => query.hash)
  expect(hashes).toEqual([OWN, OWN, undefined, WRONG].map((id) => id && `sha256:${hash('sha256', id)}`))
})

test('of entries about something else a few are handed on, so that the verdict can name the reason', async () => {
  const strangers = Array.from({ length: 9 }, () => entryFor(OWN, newLeaf()))
  const server = await serveLog(strangers)
  expect((await find(server)).length).toBe(3)
})

test('where nothing was logged nothing is found', async () => {
  expect(await find(await serveLog([]))).toEqual([])
})

test('many entries of one key are looked through, ten a request', async () => {
  const many = Array.from({ length: 120 }, (_, i) => entryFor(`${i}`.padStart(40, '0')))
  const server = await serveLog([...many, entryFor(OWN)], { knows: ['key'] })
  expect(uuids(await find(server))).toEqual([uuidOf(entryFor(OWN))])
  const sizes = server.retrievals().map((batch) => batch.length)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(10)
})

describe('a log that lies', () => {
  test('about which entry it is: one under the UUID of another is not taken', async () => {
    const other = entryFor(WRONG)
    const server = await serveLog([entryFor(OWN)], {
      change: (answer) =>
        Object.assign(answer, { body: Buffer.from(other.canonicalizedBody ?? '').toString('base64') }),
    })
    expect(await find(server)).toEqual([])
  })

  test('by handing over an entry that nobody asked for', async () => {
    const server = await serveLog([entryFor(OWN)], { index: () => ['00'.repeat(40)] })
    expect(await find(server)).toEqual([])
  })

  test.each<[string, unknown]>([
    ['an object', {}],
    ['a number', [5]],
    ['half a UUID', ['abcd']],
  ])('in its index with %s: a fault, and nothing is found', async (_, answer) => {
    const server = await serveLog([], {
      answer: (asked, response) => {
        json(response, 200, answer)
        return asked !== undefined
      },
    })
    const fault = await faultOf(find(server))
    expect(fault.code).toBe('log')
    expect(fault.message).toContain('what is no list of entries')
  })

  test('with an index of a million entries: a fault that says so, not read to its end, and no million requests', async () => {
    const part = `"${'a'.repeat(80)}",`.repeat(1000)
    let sent = 0
    const server = await serveLog([], {
      answer: (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write('[')
        const more = (left: number): void => {
          if (response.destroyed) return
          if (left === 0) return void response.end('""]')
          sent += part.length
          if (response.write(part)) setImmediate(more, left - 1)
          else response.once('drain', () => more(left - 1))
        }
        more(1000)
        return true
      },
    })
    const fault = await faultOf(find(server))
    expect([fault.code, fault.message]).toEqual([
      'log',
      expect.stringContaining('lists more entries than are looked through'),
    ])
    expect(server.asked.length).toBeLessThan(10)
    expect(sent / server.asked.length).toBeLessThan(20_000_000)
  })

  test('with an index that a stranger has filled: what is by the key is found all the same', async () => {
    const entry = entryFor(OWN)
    const server = await serveLog([entry], {
      index: ({ operator }) =>
        operator === 'and' ? undefined : Array.from({ length: 12_000 }, (_, i) => `${i}`.padStart(80, '0')),
    })
    expect(uuids(await find(server))).toEqual([uuidOf(entry)])
    expect(server.asked.length).toBe(2)
  })
})

describe('a log in trouble', () => {
  test('is waited for as long as it asks, and asked again', async () => {
    const waits: number[] = []
    const server = await serveLog([entryFor(OWN)], {
      answer: (_, response, count) => {
        if (count % 2 === 1) return false
        json(response, 429, { code: 429, message: 'slow down' }, { 'retry-after': '3' })
        return true
      },
    })
    const http = createHttp({ userAgent: 'gitsigil/test', sleep: async (ms) => void waits.push(ms) })
    const search = createEntrySearch({ http, url: server.url })
    expect(uuids(await findEntries(search, { ids: [OWN], certificate }))).toEqual([uuidOf(entryFor(OWN))])
    expect(waits).toEqual([3000, 3000])
  })

  test.each([500, 503, 429])('that answers %i for good: a fault, never "not found"', async (status) => {
    const server = await serveLog([entryFor(OWN)], {
      answer: (_, response) => {
        json(response, status, { code: status, message: 'no' })
        return true
      },
    })
    expect((await faultOf(find(server))).message).toContain(`answered ${status}`)
  })

  test('where only one of two ways is broken, the other finds it', async () => {
    const server = await serveLog([entryFor(OWN)], {
      answer: (asked, response) => {
        if (!asked.body.includes('"operator"')) return false
        json(response, 501, { code: 501, message: 'Search Index API not enabled' })
        return true
      },
    })
    expect(uuids(await find(server))).toEqual([uuidOf(entryFor(OWN))])
  })

  test('whose answer may have held the entry: a fault, where the other ways find nothing', async () => {
    const server = await serveLog([], {
      answer: (asked, response) => {
        if (!asked.body.includes('"operator"')) return false
        json(response, 501, { code: 501, message: 'Search Index API not enabled' })
        return true
      },
    })
    expect((await faultOf(find(server))).message).toContain('answered 501')
  })
})

test('many signatures at once take few requests, ten entries each, and never more at once than is polite', async () => {
  const ids = Array.from({ length: 300 }, (_, i) => `${i}`.padStart(40, '0'))
  const leaves = ids.map(newLeaf)
  let [now, most] = [0, 0]
  const entries = ids.map((id, i) => entryFor(id, leaves[i]))
  const server = await serveLog(entries, {
    answer: (_, response) => {
      most = Math.max(most, ++now)
      response.on('finish', () => now--)
      return false
    },
  })
  const http = createHttp({ userAgent: 'gitsigil/test' })
  const search = createEntrySearch({ http, url: server.url, inFlight: 20 })
  const found = await Promise.all(
    ids.map((id, i) => findEntries(search, { ids: [id], certificate: leaves[i] ?? certificate })),
  )
  expect(found.map((one) => uuids(one))).toEqual(entries.map((entry) => [uuidOf(entry)]))
  expect(most).toBeLessThanOrEqual(20)
  expect(server.retrievals().length).toBeLessThan(90)
})

describe.skipIf(!hasShared)('the online objects of the corpus', () => {
  const records = readCorpus().filter((record) => record.log === 'not embedded')

  test('are each looked up by the hash of their id and by their certificate', async () => {
    const server = await serveLog([])
    for (const record of records) {
      const raw = readCorpusObject(record)
      const split = (record.type === 'commit' ? splitCommit : splitTag)(raw, 'sha1')
      const armored = split.signature ?? new Uint8Array()
      const leaf = parseSignedData(parseArmor(armored)).signer
      const object = { type: record.type, bytes: raw, algorithm: 'sha1' } as const
      const ids = loggedIds(object, split.payload, armored)
      const before = server.searches().length
      expect(await find(server, ids, leaf)).toEqual([])
      const asked = server.searches().slice(before)
      const ownHash = `sha256:${hash('sha256', record.oid)}`
      const pem = Buffer.from(asked[2]?.publicKey?.content ?? '', 'base64').toString()
      expect(asked.slice(0, 2).map((query) => query.hash)).toEqual([ownHash, ownHash])
      expect(pem.replace(/-----[^-]+-----|\n/g, '')).toBe(Buffer.from(leaf.bytes).toString('base64'))
      expect(pem.endsWith('-----END CERTIFICATE-----\n')).toBe(true)
      // One more for each id that a defect of gitsign may have logged.
      expect(asked.length).toBe(2 + ids.length)
    }
  })
})
