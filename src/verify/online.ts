// A signature with no log entry inside (gitsign's online mode; formats: section 2): the same key signed the object's id, and
// the log holds that signature. The entries come from a log or from a note; not one word of them is taken for granted.
import { hash } from 'node:crypto'
import { encodeUtf8, equalBytes } from '../bytes.ts'
import type { SignedData } from '../cms/signed-data.ts'
import { Fault, malformed } from '../errors.ts'
import { loggedIds, type SignedBytes } from '../git/logged-id.ts'
import { splitCommit, splitTag } from '../git/object.ts'
import { rekordBody } from '../rekor/body.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { type BodyFacts, readBody } from '../rekor/read-body.ts'
import { verifyWithKey } from '../x509/key.ts'
import { checkEvidence } from './evidence.ts'
import type { OnlineCheck, OnlineQuestion, VerifyOptions } from './material.ts'
import type { Check, FoundIn, Verdict } from './verdict.ts'

/** What somebody found for an object. The caller vouches that the object is in the repository, with these bytes. */
export interface OnlineEvidence {
  readonly object: SignedBytes
  /** Entries that may be about it, in any number and order. */
  readonly entries: readonly LogEntry[]
  /** Where they are from, for the verdict to say. */
  readonly foundIn?: FoundIn
}

/** Kinds in which the artifact, here an object id, is logged by its SHA-256. */
const KINDS: readonly string[] = ['hashedrekord 0.0.1', 'rekord 0.0.1']

/**
 * What `verifySignature` is to do with evidence from elsewhere: checks 4 to 7 by the first entry that passes all of them.
 * Handed to it rather than called by it, so that whoever has none loads nothing of this.
 */
export function onlineCheck(evidence: OnlineEvidence): OnlineCheck {
  return (signed, question, options) => checkOnline(signed, question, evidence, options)
}

function checkOnline(
  signed: SignedData,
  { payload, armored }: OnlineQuestion,
  { object, entries, foundIn }: OnlineEvidence,
  options: VerifyOptions,
): Verdict {
  const reject = (check: Check, why: string): Verdict => ({
    ok: false,
    rejection: { check, why, certificate: signed.signer },
  })
  // The id of an object that holds something else would lend this signature another's entry.
  if (!holds(object, payload, armored)) return reject('log', 'the object at hand does not hold this signature')
  const digests = digestsOf(object, payload, armored)
  const verdicts = entries.map((entry) => checkEntry(signed, entry, digests, options))
  const good = verdicts.find((verdict) => typeof verdict !== 'string' && verdict.ok)
  const best = good ?? verdicts.find((verdict) => typeof verdict !== 'string') ?? verdicts[0]
  if (best === undefined) return reject('time', 'no log entry is embedded, and none was found for this object')
  if (typeof best === 'string') return reject('log', best)
  return best.ok && foundIn !== undefined ? { ...best, entry: { ...best.entry, foundIn } } : best
}

/** What an entry may be about: the ids' bytes by their `sha256:HEX`. */
function digestsOf(object: SignedBytes, payload: Uint8Array, armored: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return new Map(loggedIds(object, payload, armored).map((id) => [`sha256:${hash('sha256', id)}`, encodeUtf8(id)]))
}

function holds({ type, bytes, algorithm }: SignedBytes, payload: Uint8Array, armored: Uint8Array): boolean {
  const split = (type === 'tag' ? splitTag : splitCommit)(bytes, algorithm, { compatible: true })
  return split.signature !== undefined && equalBytes(split.signature, armored) && equalBytes(split.payload, payload)
}

/** A text where the entry is not about this object and signer at all. */
function checkEntry(
  signed: SignedData,
  entry: LogEntry,
  digests: ReadonlyMap<string, Uint8Array>,
  options: VerifyOptions,
): Verdict | string {
  const facts = readFacts(entry)
  if (typeof facts === 'string') return facts
  const { signer: certificate } = signed
  const { hashes, verifiers, signatures } = facts
  const id = digests.get(hashes[0] ?? '')
  if (id === undefined) return 'the log entry that was found is about another object'
  // Anybody may sign the id of a commit of somebody else's and log that (CVE-2024-51746).
  const [verifier] = verifiers
  if (verifier?.kind !== 'certificate' || !equalBytes(verifier.der, certificate.bytes))
    return 'the log entry that was found is of another certificate'
  // Logs check this too; a log that does not would have us take an entry for a signature.
  const [signature = new Uint8Array()] = signatures
  if (!verifyWithKey(certificate.key, 'sha256', id, signature))
    return "the log entry's signature over the object id does not verify with the key of the certificate"
  const { intermediates, timestampToken } = signed
  return checkEvidence(
    {
      certificate,
      intermediates,
      artifact: (name) => (name === 'sha256' ? hash('sha256', id, 'buffer') : undefined),
      signature,
      entry: { ...entry, kind: facts.kind, version: facts.version },
      asStamped: true,
      ...(options.promiseSuffices === true ? { mayLackProof: true } : {}),
      otherBodies: () => [
        rekordBody({
          digest: hash('sha256', id, 'buffer'),
          signature,
          certificate: certificate.bytes,
          key: certificate.key,
        }),
      ],
      timestampTokens: timestampToken === undefined ? [] : [timestampToken],
      stamped: signed.signature,
    },
    options,
  )
}

function readFacts({ canonicalizedBody, kind, version }: LogEntry): BodyFacts | string {
  try {
    if (canonicalizedBody === undefined) throw malformed('log entry', 'its body is missing')
    const facts = readBody(canonicalizedBody)
    if (!KINDS.includes(`${facts.kind} ${facts.version}`))
      return `the log entry that was found is of another kind: ${facts.kind} ${facts.version}`
    if (facts.kind !== kind || facts.version !== version) return 'the log entry is of another kind than its body'
    return facts
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return thrown.message
    throw thrown
  }
}
