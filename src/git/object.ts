// Cuts the signature out of a commit, tag or push certificate and puts it back, byte for byte as Git does
// (commit.c parse_signed_commit and remove_signature, gpg-interface.c parse_signed_buffer). Nothing is decoded or tidied.
import { Buffer } from 'node:buffer'
import { concatBytes } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { findHeaders, type HeaderLine, hasHeader, headerLength, readHeader, unfold } from './header.ts'
import type { ObjectAlgorithm } from './id.ts'
import { type SignatureFormat, signatureFormat, signatureStart } from './marker.ts'

export type { SignatureFormat } from './marker.ts'

/** An object in two parts. */
export interface Split {
  /** The bytes that Git hands to the verifier: what was signed. */
  readonly payload: Uint8Array
  /** Absent in an unsigned object. */
  readonly signature: Uint8Array | undefined
  /** By the signature's first line; undefined for one that Git knows no program for. */
  readonly format: SignatureFormat | undefined
  /** Why nothing about this object may be called good, though Git would: a `format` rejection. */
  readonly problem?: string
}

export interface SplitOptions {
  /** The repository has a compatObjectFormat, so the other algorithm's signature header may stand there once. */
  readonly compatible?: boolean
}

const HEADER: Readonly<Record<ObjectAlgorithm, string>> = { sha1: 'gpgsig', sha256: 'gpgsig-sha256' }
const OTHER: Readonly<Record<ObjectAlgorithm, string>> = { sha1: 'gpgsig-sha256', sha256: 'gpgsig' }

/**
 * Splits a commit of a repository whose ids are of `algorithm`. Git leaves every header whose name begins with `gpgsig`
 * out of the payload and calls the rest good, so that bytes nobody signed hide there: `problem` tells of any but the one,
 * and of that one where it hides others from Git.
 */
export function splitCommit(bytes: Uint8Array, algorithm: ObjectAlgorithm, options: SplitOptions = {}): Split {
  const dropped = findHeaders(bytes, 'gpgsig')
  const own = dropped.filter((line) => isHeader(line, HEADER[algorithm]))
  const others = dropped.filter((line) => !isHeader(line, HEADER[algorithm]))
  const signature = own.length === 0 ? undefined : concatBytes(...own.map(unfold))
  const problem =
    own.length > 1
      ? `${own.length} ${HEADER[algorithm]} headers`
      : (checkOthers(others, algorithm, options) ?? checkPlace(bytes, dropped))
  return describe(cut(bytes, dropped), signature, problem)
}

/**
 * Splits a tag: the signature begins at the last line that starts with a marker Git knows and runs to the end, earlier
 * blocks are payload. A signature header, which Git cuts out of a tag too, is a `problem` unless `compatible`.
 */
export function splitTag(bytes: Uint8Array, algorithm: ObjectAlgorithm, options: SplitOptions = {}): Split {
  const start = signatureStart(bytes)
  if (start === undefined) return describe(bytes, undefined, undefined)
  const payload = bytes.subarray(0, start)
  const headers = findHeaders(payload, 'gpgsig')
  const dropped = headers.filter((line) => isHeader(line, HEADER.sha1) || isHeader(line, HEADER.sha256))
  return describe(cut(payload, dropped), bytes.subarray(start), checkOthers(headers, algorithm, options))
}

/** Splits a push certificate, which is signed as a tag is and has no signature header at all. */
export function splitPushCertificate(bytes: Uint8Array): Split {
  return splitTag(bytes, 'sha1')
}

/** The commit that Git makes of a payload and its signature: the header last, before the empty line. Throws `parse`. */
export function joinCommit(payload: Uint8Array, signature: Uint8Array, algorithm: ObjectAlgorithm): Uint8Array {
  const at = headerLength(payload)
  if (at > 0 && payload[at - 1] !== 0x0a) throw malformed('commit', 'the header has no end')
  const folded = Buffer.from(signature).toString('latin1').replace(/\n$/, '').replaceAll('\n', '\n ')
  if (folded === '') throw malformed('commit', 'the signature is empty')
  const header = Buffer.from(`${HEADER[algorithm]} ${folded}\n`, 'latin1')
  return concatBytes(payload.subarray(0, at), header, payload.subarray(at))
}

/** The tag, or push certificate, that Git makes of a payload and its signature. */
export function joinTag(payload: Uint8Array, signature: Uint8Array): Uint8Array {
  return concatBytes(payload, signature)
}

/** The signed tags that a merge commit carries whole, in order: each can be split and verified by itself. */
export function mergeTags(commit: Uint8Array): readonly Uint8Array[] {
  if (!hasHeader(commit, 'mergetag')) return []
  return readHeader(commit)
    .filter((line) => isHeader(line, 'mergetag'))
    .map(unfold)
}

function isHeader(line: HeaderLine, name: string): boolean {
  return line.name === name && line.raw[name.length] === ' '
}

/** A second header, the other algorithm's or one of a made-up name: dropped by Git, signed by nobody. */
function checkOthers(
  headers: readonly HeaderLine[],
  algorithm: ObjectAlgorithm,
  options: SplitOptions,
): string | undefined {
  const [first, second] = headers
  if (first === undefined) return undefined
  const expected = options.compatible === true && second === undefined && isHeader(first, OTHER[algorithm])
  return expected ? undefined : `a header named ${first.name.slice(0, 40)} that no signature covers`
}

/**
 * Git reads parents only where they follow the tree, and dates where the people follow the parents: a signature moved
 * among them is as good as before, and takes a commit's parents away.
 */
function checkPlace(bytes: Uint8Array, [first]: readonly HeaderLine[]): string | undefined {
  if (first === undefined) return undefined
  return findHeaders(bytes.subarray(0, first.start), 'committer ').length > 0
    ? undefined
    : 'a signature header before the committer, where Git loses what follows'
}

function cut(bytes: Uint8Array, dropped: readonly HeaderLine[]): Uint8Array {
  if (dropped.length === 0) return bytes
  const kept: Uint8Array[] = []
  let at = 0
  for (const line of dropped) {
    kept.push(bytes.subarray(at, line.start))
    at = line.end
  }
  return concatBytes(...kept, bytes.subarray(at))
}

function describe(payload: Uint8Array, signature: Uint8Array | undefined, problem: string | undefined): Split {
  const format = signature === undefined ? undefined : signatureFormat(signature)
  return { payload, signature, format, ...(problem === undefined ? {} : { problem }) }
}
