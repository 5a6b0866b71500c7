// The Certificate Transparency log (RFC 6962): add-pre-chain, signed tree heads, entries, proofs. It takes leaves of the
// sandbox's own Fulcio alone, and answers with a timestamp once the leaf is in the log.
import { type KeyObject, sign, X509Certificate } from 'node:crypto'
import { concatBytes, encodeUtf8, equalBytes, fromBase64, toBase64 } from '../bytes.ts'
import { type Authority, sha256 } from './authority.ts'
import { publicKeyOf } from './certificate.ts'
import { parsePrecertificate } from './precertificate.ts'
import { json, Refusal, readJson, routed, type Service } from './service.ts'
import { uint, vector } from './tls.ts'

/** What of the tile log the CT log uses. */
export interface CtTree {
  readonly size: number
  append(entry: Uint8Array, note?: Uint8Array): Promise<number>
  entry(index: number): Promise<Uint8Array | undefined>
  note(index: number): Promise<Uint8Array | undefined>
  inclusion(index: number, size: number): Promise<readonly Uint8Array[]>
  root(size: number): Promise<Uint8Array>
}

export interface CtDeps {
  readonly key: KeyObject
  readonly tree: CtTree
  readonly authority: Authority
  now(): number
}

/** SHA-256 of the log's public key: its id in SCTs and in the trusted root. */
export function ctLogId(key: KeyObject): Uint8Array {
  return sha256(publicKeyOf(key))
}

/** `digitally-signed` by ECDSA P-256 with SHA-256 (RFC 5246 section 4.7). */
export function signForCt(key: KeyObject, data: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(4, 3), vector(sign('sha256', data, key), 2))
}

export function createCt(deps: CtDeps): Service {
  return routed('ct', {
    'POST /ct/v1/add-pre-chain': (request) => addPreChain(request, deps),
    'GET /ct/v1/get-sth': () => treeHead(deps),
    'GET /ct/v1/get-entries': (request) => entries(request, deps),
    'GET /ct/v1/get-entry-and-proof': (request) => entryAndProof(request, deps),
    'GET /ct/v1/get-roots': () => json(200, { certificates: deps.authority.chain.slice(-1).map(toBase64) }),
  })
}

async function addPreChain(request: Request, deps: CtDeps): Promise<Response> {
  const chain = certificates(await readJson(request))
  const [leaf, issuer] = chain
  if (leaf === undefined || issuer === undefined)
    throw new Refusal(400, 3, 'chain needs a precertificate and its issuer')
  checkIssuer(leaf, issuer, deps.authority)
  const issuerKey = sha256(new X509Certificate(issuer).publicKey.export({ type: 'spki', format: 'der' }))
  const timestamp = Math.floor(deps.now())
  const entry = concatBytes(uint(timestamp, 8), uint(1, 2), issuerKey, vector(parsePrecertificate(leaf), 3), uint(0, 2))
  await deps.tree.append(concatBytes(Uint8Array.of(0, 0), entry), extraData(leaf, chain.slice(1)))
  const signature = toBase64(signForCt(deps.key, concatBytes(Uint8Array.of(0, 0), entry)))
  return json(200, { sct_version: 0, id: toBase64(ctLogId(deps.key)), timestamp, extensions: '', signature })
}

/** PrecertChainEntry (RFC 6962 section 3.1): the precertificate and its chain. */
function extraData(leaf: Uint8Array, chain: readonly Uint8Array[]): Uint8Array {
  return concatBytes(vector(leaf, 3), vector(concatBytes(...chain.map((issuer) => vector(issuer, 3))), 3))
}

function certificates(body: Readonly<Record<string, unknown>>): readonly Uint8Array[] {
  const { chain } = body
  if (!Array.isArray(chain) || chain.length > 10) throw new Refusal(400, 3, 'chain is not a list of certificates')
  return chain.map((certificate: unknown) => fromBase64(String(certificate), 'chain'))
}

function checkIssuer(leaf: Uint8Array, issuer: Uint8Array, authority: Authority): void {
  const known = authority.chain.some((certificate) => equalBytes(certificate, issuer))
  if (!known || !new X509Certificate(leaf).verify(new X509Certificate(issuer).publicKey))
    throw new Refusal(400, 3, 'the chain does not lead to a root of this log')
}

async function treeHead({ key, tree, now }: CtDeps): Promise<Response> {
  const size = tree.size
  const root = await tree.root(size)
  const timestamp = Math.floor(now())
  const signature = signForCt(key, treeHeadInput(timestamp, size, root))
  const body = {
    tree_size: size,
    timestamp,
    sha256_root_hash: toBase64(root),
    tree_head_signature: toBase64(signature),
  }
  return json(200, body)
}

/** What a signed tree head signs (RFC 6962 section 3.5). */
export function treeHeadInput(timestamp: number, size: number, root: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(0, 1), uint(timestamp, 8), uint(size, 8), root)
}

/**
 * The log's signature on a checkpoint, as static CT logs write it: the tree head's timestamp and signature, under a key
 * id of SHA-256(name || 0x0A || 0x05 || log id).
 */
export function signCtCheckpoint(key: KeyObject, origin: string, body: string, now: number): string {
  const [, size = '0', root = ''] = body.split('\n')
  const id = sha256(encodeUtf8(`${origin}\n`), Uint8Array.of(5), ctLogId(key)).subarray(0, 4)
  const timestamp = Math.floor(now)
  const signature = signForCt(key, treeHeadInput(timestamp, Number(size), fromBase64(root)))
  return `${body}\n\u2014 ${origin} ${toBase64(concatBytes(id, uint(timestamp, 8), signature))}\n`
}

const MAX_ENTRIES = 256

async function entries(request: Request, { tree }: CtDeps): Promise<Response> {
  const start = parameter(request, 'start')
  const end = Math.min(parameter(request, 'end'), tree.size - 1, start + MAX_ENTRIES - 1)
  if (start > end) throw new Refusal(400, 3, 'no such entries')
  const found: LogEntry[] = []
  for (let index = start; index <= end; index++) found.push(await readEntry(tree, index))
  return json(200, { entries: found })
}

async function entryAndProof(request: Request, { tree }: CtDeps): Promise<Response> {
  const index = parameter(request, 'leaf_index')
  const size = parameter(request, 'tree_size')
  if (size > tree.size || index >= size) throw new Refusal(400, 3, 'no such entry in a tree of that size')
  const path = await tree.inclusion(index, size)
  return json(200, { ...(await readEntry(tree, index)), audit_path: path.map(toBase64) })
}

interface LogEntry {
  readonly leaf_input: string
  readonly extra_data: string
}

async function readEntry(tree: CtTree, index: number): Promise<LogEntry> {
  const [leaf, extra] = await Promise.all([tree.entry(index), tree.note(index)])
  return { leaf_input: toBase64(leaf ?? new Uint8Array()), extra_data: toBase64(extra ?? new Uint8Array()) }
}

function parameter(request: Request, name: string): number {
  const value = new URL(request.url).searchParams.get(name) ?? ''
  if (!/^\d{1,15}$/.test(value)) throw new Refusal(400, 3, `${name} is not a number`)
  return Number(value)
}
