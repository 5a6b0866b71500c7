// Who pushes, where that matters: a rule asks for it, or nothing that is signed shows what is done.
import { describeChange, type RefChange } from './change.ts'
import type { Gate, Pusher } from './gate.ts'
import { type Refusal, refuseRecord, type Way } from './refusal.ts'

const SIGN: Way = { says: 'sign the push:', run: 'git push --signed' }

/** Why this change is not for this pusher; undefined where it is, or where nobody asks. */
export async function refusePusher(gate: Gate, change: RefChange, pusher: Pusher): Promise<Refusal | undefined> {
  const { ref } = change
  const what = gate.rewritesNeedCertificate ? describeChange(change) : undefined
  const asks = gate.asksWhoPushes(ref)
  if (pusher.state === 'known') {
    const judgement = what === undefined && !asks ? undefined : await gate.judgePusher(pusher.record, ref)
    return judgement === undefined ? undefined : refuseRecord({ ...pusher.record, judgement }, ref)
  }
  if (asks) return { ref, why: 'who pushes here has to be known, and the push is not signed', ways: [SIGN] }
  if (what === undefined) return undefined
  return { ref, why: `${what} passes only in a push that is signed by somebody allowed`, ways: [SIGN] }
}
