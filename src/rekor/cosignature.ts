// Cosignatures of witnesses on checkpoints (C2SP tlog-cosignature v1, Ed25519): a witness says that, of all the trees that
// it has seen of this log, this one goes on from the others. Refuses keys of any other kind.
import { hash } from 'node:crypto'
import { concatBytes, encodeUtf8, equalBytes, fromBase64, toHex } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { type PublicKey, parseEd25519Key, verifyWithKey } from '../x509/key.ts'
import type { SignedCheckpoint } from './checkpoint.ts'

/** Whose cosignature counts. */
export interface Witness {
  readonly name: string
  /** First four bytes of the key's id. */
  readonly hint: Uint8Array
  readonly key: PublicKey
}

export interface Cosignature {
  readonly witness: Witness
  /** Milliseconds since 1970, by the witness's clock. */
  readonly time: number
}

const WHAT = 'witness key'
const COSIGNATURE_KIND = 0x04
const VKEY = /^([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{1,128}={0,2})$/u

/** Reads a vkey, `NAME+ID+KEY` (C2SP signed-note). Throws `parse`, also where the id is not that of name and key. */
export function parseWitness(vkey: string): Witness {
  const [, name, id, text] = VKEY.exec(vkey) ?? []
  if (name === undefined || id === undefined || text === undefined) throw malformed(WHAT, 'not NAME+ID+KEY')
  const [kind, ...point] = fromBase64(text, WHAT)
  if (kind !== COSIGNATURE_KIND) throw malformed(WHAT, 'not one of Ed25519 cosignatures (kind 4)')
  const hint = cosignatureHint(name, Uint8Array.from(point))
  if (toHex(hint) !== id) throw malformed(WHAT, 'its id is not that of its name and key')
  return { name, hint, key: parseEd25519Key(Uint8Array.from(point)) }
}

/** First four bytes of SHA-256(name || LF || 0x04 || key). */
export function cosignatureHint(name: string, point: Uint8Array): Uint8Array {
  return hash(
    'sha256',
    concatBytes(encodeUtf8(`${name}\n`), Uint8Array.of(COSIGNATURE_KIND), point),
    'buffer',
  ).subarray(0, 4)
}

/** What a witness signs: its time in seconds since 1970, and all of the checkpoint's signed text. */
export function cosignedText(body: string, seconds: bigint): Uint8Array {
  return encodeUtf8(`cosignature/v1\ntime ${seconds}\n${body}`)
}

/**
 * The cosignatures that verify, one a witness at most: the latest. What names no witness, or does not verify, is passed over.
 * @param latest milliseconds since 1970; one that says it was made after that does not count
 */
export function cosignaturesOf(
  { body, signatures }: SignedCheckpoint,
  witnesses: readonly Witness[],
  latest: number,
): readonly Cosignature[] {
  return witnesses.flatMap((witness) => {
    const times = signatures
      .filter(({ name, hint }) => name === witness.name && equalBytes(hint, witness.hint))
      .flatMap(({ signature }) => provenTime(body, signature, witness.key) ?? [])
      // A clock that runs ahead would make an old checkpoint look fresh.
      .filter((time) => time <= latest)
    return times.length === 0 ? [] : [{ witness, time: Math.max(...times) }]
  })
}

function provenTime(body: string, bytes: Uint8Array, key: PublicKey): number | undefined {
  if (bytes.length !== 72) return undefined
  const seconds = BigInt(`0x${toHex(bytes.subarray(0, 8))}`)
  return verifyWithKey(key, undefined, cosignedText(body, seconds), bytes.subarray(8))
    ? Number(seconds) * 1000
    : undefined
}

/** Several keys that count as as many heads. Throws `parse` for one, or one name, that is there twice. */
export function parseWitnesses(vkeys: readonly string[]): readonly Witness[] {
  const witnesses = vkeys.map(parseWitness)
  // The text that is signed does not name its witness: one key under two names would be two heads.
  for (const part of [(one: Witness) => toHex(one.key.spki), (one: Witness) => one.name])
    if (new Set(witnesses.map(part)).size !== witnesses.length) throw malformed(WHAT, 'one is there twice')
  return witnesses
}
