// The policy last authenticated for a repository, as it is kept in its Git folder: plain JSON, so that Git's door needs no
// YAML. A digest over it tells a file that was cut off or edited; whoever may write there may also write Git's settings.
import { hash } from 'node:crypto'
import { decodeUtf8, encodeUtf8 } from '../bytes.ts'
import { DOCUMENT_VERSION, type PolicyDocument } from './document.ts'

export interface KeptPolicy {
  /** `gitsigil.policyRoot` that it was authenticated from. */
  readonly root: string
  /** The commit that made the policy what it is. */
  readonly commit: string
  /** The commit that was looked at last and has the same policy. */
  readonly tip: string
  readonly blob: string
  readonly document: PolicyDocument
}

/** Largest file, in bytes: a policy file has at most 256 KiB. */
export const MAX_KEPT = 8 * 1024 * 1024

export function encodeKept(kept: KeptPolicy): Uint8Array {
  const body = JSON.stringify(kept)
  return encodeUtf8(`${JSON.stringify({ version: DOCUMENT_VERSION, sha256: hash('sha256', body) })}\n${body}\n`)
}

/** Undefined for anything but what `encodeKept` of this version wrote. */
export function parseKept(bytes: Uint8Array): KeptPolicy | undefined {
  const [head, body, ...rest] = decodeUtf8(bytes, 'kept policy').split('\n')
  if (head === undefined || body === undefined || rest.length !== 1 || rest[0] !== '') return undefined
  const expected = JSON.stringify({ version: DOCUMENT_VERSION, sha256: hash('sha256', body) })
  return head === expected ? (JSON.parse(body) as KeptPolicy) : undefined
}
