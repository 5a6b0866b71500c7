// What Rekor v1 is asked in a body: UUIDs by hash, key and name (`index/retrieve`), and entries by the ten
// (`log/entries/retrieve`). Codes and limits are those of the real one.
import { fromBase64 } from '../bytes.ts'
import { leafHash } from '../rekor/merkle.ts'
import type { BodyVerifier } from '../rekor/read-body.ts'
import { type JsonObject, jsonObject, listOf, optionalObject, optionalText, textOf } from '../trust/json.ts'
import { parsePem } from '../x509/pem.ts'
import { parseProposal } from './proposal.ts'
import { verifierKey } from './rekor1-index.ts'
import { describe, findUuid, placeOf, type Rekor, uuidOf } from './rekor1-tree.ts'
import { json, Refusal, readJson } from './service.ts'

const MAX_QUERIES = 10
const HASH = /^(?:sha512:)?[0-9a-fA-F]{128}$|^(?:sha256:)?[0-9a-fA-F]{64}$|^(?:sha1:)?[0-9a-fA-F]{40}$/
const UUID = /^(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{80})$/
const PREFIX: Readonly<Record<number, string>> = { 40: 'sha1:', 64: 'sha256:', 128: 'sha512:' }

/** `{hash, publicKey, email, operator}`: the UUIDs of the entries that have any of these, or by `and` all of them. */
export async function searchIndex(rekor: Rekor, request: Request): Promise<Response> {
  const query = jsonObject(await readJson(request), 'query')
  const operator = optionalText(query, 'operator') ?? 'or'
  if (operator !== 'and' && operator !== 'or') throw new Refusal(422, 606, 'operator in body should be one of [and or]')
  const keys = [...hashKey(query), ...publicKeyKey(query), ...emailKey(query)]
  const found = await Promise.all(keys.map((key) => rekor.index.find(key)))
  return json(
    200,
    combine(found, operator).map((place) => uuidOf(rekor, place)),
  )
}

/** `{entryUUIDs, logIndexes, entries}`, ten in all: those that are there, each under its UUID. */
export async function retrieveEntries(rekor: Rekor, request: Request): Promise<Response> {
  const query = jsonObject(await readJson(request), 'query')
  const [uuids, indexes, entries] = [listOf(query, 'entryUUIDs'), listOf(query, 'logIndexes'), listOf(query, 'entries')]
  if (uuids.length + indexes.length + entries.length > MAX_QUERIES)
    throw new Refusal(422, 422, `more than max allowed ${MAX_QUERIES} entries in request`)
  const places = [
    ...uuids.map((uuid) => findUuid(rekor, uuidAsked(uuid))),
    ...entries.map((entry) => rekor.log.find(leafHash(parseProposal(entry)))),
    ...indexes.map((index) => placeOf(rekor, indexAsked(index))),
  ]
  const there = places.filter((place) => place !== undefined)
  return json(200, await Promise.all(there.map((place) => describe(rekor, place))))
}

function combine(found: readonly (readonly number[])[], operator: 'and' | 'or'): readonly number[] {
  const [first = [], ...rest] = found
  if (operator === 'or') return [...new Set(found.flat())]
  const others = rest.map((places) => new Set(places))
  return first.filter((place) => others.every((places) => places.has(place)))
}

function hashKey(query: JsonObject): readonly string[] {
  const hash = optionalText(query, 'hash')
  if (hash === undefined || hash === '') return []
  if (!HASH.test(hash))
    throw new Refusal(422, 605, 'hash in body should be a sha1, sha256 or sha512 in hexadecimal digits')
  return [hash.includes(':') ? hash : `${PREFIX[hash.length]}${hash}`]
}

function emailKey(query: JsonObject): readonly string[] {
  const email = optionalText(query, 'email')
  if (email === undefined || email === '') return []
  if (!/^[^@\s]+@[^@\s]+$/.test(email))
    throw new Refusal(422, 601, `email in body must be of type email: ${JSON.stringify(email)}`)
  return [email]
}

function publicKeyKey(query: JsonObject): readonly string[] {
  const asked = optionalObject(query, 'publicKey')
  if (asked === undefined) return []
  if (textOf(asked, 'format') !== 'x509') throw new Refusal(400, 400, 'this log knows keys of format x509 alone')
  return [verifierKey(parseVerifier(fromBase64(textOf(asked, 'content'), 'publicKey')))]
}

function parseVerifier(content: Uint8Array): BodyVerifier {
  const text = new TextDecoder().decode(content)
  const kind = text.includes('-----BEGIN CERTIFICATE-----') ? 'certificate' : 'key'
  const [der] = parsePem(text, kind === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY')
  return { kind, der }
}

function uuidAsked(uuid: unknown): string {
  if (typeof uuid !== 'string' || !UUID.test(uuid))
    throw new Refusal(422, 605, "entryUUIDs in body should match '^([0-9a-fA-F]{64}|[0-9a-fA-F]{80})$'")
  return uuid
}

function indexAsked(index: unknown): number {
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
    throw new Refusal(422, 600, 'logIndexes in body should be greater than or equal to 0')
  return index
}
