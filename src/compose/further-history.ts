// Evidence that is not in the signatures, in a run over a history: of a batch of objects all notes by one child, and, where
// somebody asked for it, the log for what is still open. What is found is checked as if it had been inside.

import { Fault } from '../errors.ts'
import type { Frame } from '../git/frames.ts'
import { loggedIds, type SignedBytes } from '../git/logged-id.ts'
import { findingOf } from '../history/look.ts'
import { type Format, placesOf } from '../history/places.ts'
import type { Lookers } from '../history/pool.ts'
import type { Finding } from '../history/record.ts'
import type { LogEntry } from '../rekor/entry.ts'
import type { Instances } from '../trust/choice-client.ts'
import { onlineCheck } from '../verify/online.ts'
import { type FoundIn, isEvidenceMissing } from '../verify/verdict.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type Configured, verifyArmored } from './assessor.ts'
import { type FindOnline, readWithoutEntry } from './further.ts'
import { findNotesRefs, parseKept, readAllNotes } from './kept-entries.ts'
import { untilSilent } from './silence.ts'

export interface Elsewhere {
  readonly configured: Configured
  readonly instances: Instances
  readonly format: Format
  /** Milliseconds since 1970: one moment for the whole run. */
  readonly now: number
  /** Asks a log; none is asked without. */
  readonly find?: FindOnline | undefined
}

/** A signature whose own cryptography is in order, and which has no log entry inside. */
interface Open {
  readonly object: SignedBytes
  readonly oid: string
  readonly payload: Uint8Array
  readonly armored: Uint8Array
  readonly certificate: Certificate
  readonly finding: Rejected
}

type Rejected = Extract<Finding, { readonly state: 'rejected' }>

/** Batches under way while a log is asked, and objects of each: it is the waiting that takes the time. */
const AHEAD = 64
const FEW = 16

/** Lookers that look further where the others find no evidence. */
export function lookFurtherIn(lookers: Lookers, elsewhere: Elsewhere): Lookers {
  const { find } = elsewhere
  const settle = settler({ ...elsewhere, find: find && untilSilent(find) })
  let known: Promise<readonly string[]> | undefined
  return {
    width: find === undefined ? lookers.width : Math.max(lookers.width, AHEAD),
    ...(find === undefined ? {} : { most: FEW }),
    async look(frames) {
      const findings = await lookers.look(frames)
      if (!findings.some((own) => own.some(isOpen))) return findings
      known ??= findNotesRefs(elsewhere.configured.world)
      const refs = await known
      if (find === undefined && refs.length === 0) return findings
      const open = frames.map((frame, at) => openPlaces(frame, findings[at] ?? [], elsewhere.format))
      const settled = await settle(
        open.flatMap((places) => [...places.values()]),
        refs,
      )
      return findings.map((own, at) => {
        const places = open[at]
        return own.map((finding, place) => settled.get(places?.get(place)) ?? finding)
      })
    },
    close: () => lookers.close(),
  }
}

/** By the number of the place, as findings are. */
function openPlaces(frame: Frame, findings: readonly Finding[], format: Format): ReadonlyMap<number, Open> {
  const open = new Map<number, Open>()
  if (!findings.some(isOpen)) return open
  for (const [at, { kind, oid, bytes, split }] of placesOf(frame, format).entries()) {
    const finding = findings[at]
    const { payload, signature: armored } = split
    // A push certificate has no id under which the log could have it.
    if (finding === undefined || !isOpen(finding) || armored === undefined || kind === 'push certificate') continue
    const signed = readWithoutEntry(armored)
    const type = kind === 'commit' ? kind : 'tag'
    const object = { type, bytes, algorithm: format.algorithm } as const
    if (signed !== undefined) open.set(at, { object, oid, payload, armored, certificate: signed.signer, finding })
  }
  return open
}

function isOpen(finding: Finding): finding is Rejected {
  return finding.state === 'rejected' && isEvidenceMissing(finding)
}

type Settle = (open: readonly Open[], refs: readonly string[]) => Promise<ReadonlyMap<Open | undefined, Finding>>

function settler({ configured, instances, now, find }: Elsewhere): Settle {
  const { settings, world } = configured
  const basis = { settings, world: { ...world, now: () => now } }

  function verify({ object, payload, armored }: Open, entries: readonly LogEntry[], foundIn: FoundIn): Finding {
    const online = onlineCheck({ object, entries, foundIn })
    const { verdict, name } = verifyArmored(instances, basis, { payload, armored, online })
    return findingOf({ verdict, instance: name })
  }

  async function ask(open: Open, otherwise: Finding): Promise<Finding> {
    if (find === undefined) return otherwise
    const { object, payload, armored, certificate } = open
    try {
      const entries = await find({ ids: loggedIds(object, payload, armored), certificate })
      return verify(open, entries, 'log')
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      // Whether it is good nobody knows before the log answers.
      return { state: 'fault', code: thrown.code, why: thrown.message }
    }
  }

  return async (open, refs) => {
    const notes = await readAllNotes(
      world,
      open.map(({ oid }) => oid),
      refs,
    )
    const settle = async (one: Open): Promise<readonly [Open, Finding]> => {
      const { entries, ignored } = parseKept(notes.get(one.oid) ?? [], one.certificate)
      const noted = entries.length === 0 ? undefined : verify(one, entries, 'note')
      if (noted?.state === 'accepted') return [one, noted]
      const [why] = [...ignored, ...(noted?.state === 'rejected' ? [noted.why] : [])]
      return [one, await ask(one, why === undefined ? one.finding : passedOver(one.finding, why))]
    }
    return new Map(await Promise.all(open.map(settle)))
  }
}

function passedOver(finding: Rejected, why: string): Finding {
  return { ...finding, why: `${finding.why} (a note is not used: ${why})` }
}
