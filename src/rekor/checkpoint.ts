// Checkpoints: what a log says its tree was, as a signed note (C2SP signed-note and tlog-checkpoint). Read strictly:
// LF lines, minimal decimal size, canonical base64, at most 16 KiB and 32 signatures; the signed text is kept as it was.
import { encodeUtf8, equalBytes, fromBase64, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { LogAuthority } from '../trust/root.ts'
import { verifyWithKey } from '../x509/key.ts'
import { MAX_CHECKPOINT } from './entry.ts'

export interface Checkpoint {
  readonly origin: string
  readonly size: bigint
  /** 32 bytes. */
  readonly rootHash: Uint8Array
  /** Further lines, which mean nothing here: old Rekor writes a timestamp. */
  readonly extensions: readonly string[]
}

export interface NoteSignature {
  readonly name: string
  /** First four bytes of the key's id: tells which key to try, proves nothing. */
  readonly hint: Uint8Array
  readonly signature: Uint8Array
}

export interface SignedCheckpoint extends Checkpoint {
  /** The signed text, its last newline included. */
  readonly body: string
  readonly signatures: readonly NoteSignature[]
}

const WHAT = 'checkpoint'
const MAX_SIGNATURES = 32
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: signed-note forbids control characters but for the newline
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/

/** Reads a signed note that holds a checkpoint. Throws `parse`; verifies nothing. */
export function parseCheckpoint(note: string): SignedCheckpoint {
  if (note.length > MAX_CHECKPOINT) throw malformed(WHAT, 'too long')
  if (CONTROL.test(note)) throw malformed(WHAT, 'control character')
  const cut = note.lastIndexOf('\n\n')
  if (cut < 0 || !note.endsWith('\n')) throw malformed(WHAT, 'not a signed note')
  const body = note.slice(0, cut + 1)
  const lines = note.slice(cut + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw malformed(WHAT, 'more than 32 signatures')
  return { ...parseBody(body), body, signatures: lines.map(parseSignature) }
}

/** The text that is signed. */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, rootHash, extensions } = checkpoint
  return [origin, String(size), toBase64(rootHash), ...extensions, ''].join('\n')
}

/** The note: the signed text, an empty line, and a line for each signature. */
export function encodeNote(body: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(({ name, hint, signature }) => {
    return `\u2014 ${name} ${toBase64(Uint8Array.of(...hint, ...signature))}\n`
  })
  return `${body}\n${lines.join('')}`
}

/**
 * Whether `log` signed this tree: size and root of the proof, its own origin, its own key. Other signatures (witnesses,
 * further keys) are ignored.
 * @returns why not, or undefined
 */
export function checkCheckpoint(checkpoint: SignedCheckpoint, log: LogAuthority, root: TreeHead): string | undefined {
  // A true checkpoint of another moment says nothing of the tree in which the entry was shown to be.
  if (checkpoint.size !== root.treeSize) return 'the checkpoint is of another size than the inclusion proof'
  if (!equalBytes(checkpoint.rootHash, root.rootHash)) return 'the checkpoint has another root than the inclusion proof'
  // One key may serve several trees: each signs under its own origin.
  if (!isOrigin(checkpoint.origin, log.host)) return 'the checkpoint is of another log'
  const candidates = checkpoint.signatures.filter(
    ({ name, hint }) => name === log.host && equalBytes(hint, log.id.subarray(0, 4)),
  )
  if (candidates.length === 0) return 'the checkpoint has no signature by the log'
  // Without this anyone could write down a tree that holds his entry.
  const text = encodeUtf8(checkpoint.body)
  const hash = log.key.algorithm === 'Ed25519' ? undefined : 'sha256'
  return candidates.some(({ signature }) => verifyWithKey(log.key, hash, text, signature))
    ? undefined
    : "the checkpoint's signature by the log does not verify"
}

/** What a proof claims and a checkpoint has to say too. */
export interface TreeHead {
  readonly treeSize: bigint
  readonly rootHash: Uint8Array
}

/** `HOST` (v2) or `HOST - TREEID` (v1). */
function isOrigin(origin: string, host: string): boolean {
  return origin === host || (origin.startsWith(`${host} - `) && /^\d{1,20}$/.test(origin.slice(host.length + 3)))
}

function parseBody(body: string): Checkpoint {
  const [origin, size, root, ...extensions] = body.slice(0, -1).split('\n')
  if (origin === undefined || origin === '') throw malformed(WHAT, 'no origin')
  if (size === undefined || !/^(0|[1-9]\d{0,18})$/.test(size)) throw malformed(WHAT, 'bad size')
  const rootHash = fromBase64(root ?? '', WHAT)
  if (rootHash.length !== 32) throw malformed(WHAT, 'the root hash has not 32 bytes')
  if (extensions.includes('')) throw malformed(WHAT, 'empty line')
  return { origin, size: BigInt(size), rootHash, extensions }
}

function parseSignature(line: string): NoteSignature {
  const [, name, text] = SIGNATURE_LINE.exec(line) ?? []
  if (name === undefined || text === undefined) throw malformed(WHAT, 'bad signature line')
  const bytes = fromBase64(text, WHAT)
  if (bytes.length < 5) throw malformed(WHAT, 'signature too short')
  return { name, hint: bytes.subarray(0, 4), signature: bytes.subarray(4) }
}
