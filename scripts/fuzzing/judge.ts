// The verdict on a mutated object or bundle, and the facts that an accepted one rests on.
import { Buffer } from 'node:buffer'
import { splitProblem } from '../../src/cli/signed-object.ts'
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts'
import { type LogEntry, parseLogEntry } from '../../src/rekor/entry.ts'
import type { Verdict } from '../../src/verify/verdict.ts'
import { verifySignature } from '../../src/verify/verify.ts'
import { type AcceptedBundle, judgeBundle } from './bundle.ts'
import type { Input } from './inputs.ts'
import { type ObjectInput, splitInput } from './object.ts'

export interface Accepted {
  readonly form: 'object'
  readonly input: ObjectInput
  readonly payload: Uint8Array
  readonly armored: Uint8Array
  readonly signed: SignedData
  readonly entry: LogEntry | undefined
  readonly verdict: Extract<Verdict, { readonly ok: true }>
}

export type Judged =
  | { readonly ok: true; readonly accepted: Accepted | AcceptedBundle }
  | { readonly ok: false; readonly check: string; readonly why: string }

/** As the `verify` command judges it. Whatever this throws is a finding. */
export function judgeInput(input: Input): Judged {
  return input.kind === 'bundle' ? judgeBundle(input) : judgeObject(input)
}

function judgeObject(input: ObjectInput): Judged {
  const split = splitInput(input)
  const kind = input.kind === 'push-certificate' ? 'push certificate' : input.kind
  const subject = { object: '', kind, algorithm: input.objectFormat, person: undefined } as const
  const problem = splitProblem({ split, subject })
  if (problem !== undefined || split.signature === undefined)
    return { ok: false, check: 'format', why: problem ?? 'not signed' }
  const verdict = verifySignature(split.payload, split.signature, input.options)
  if (!verdict.ok) return { ok: false, check: verdict.rejection.check, why: verdict.rejection.why }
  const signed = parseSignedData(parseArmor(split.signature))
  const entry = signed.logEntry && parseLogEntry(signed.logEntry)
  return {
    ok: true,
    accepted: { form: 'object', input, payload: split.payload, armored: split.signature, signed, entry, verdict },
  }
}

export function hexOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
