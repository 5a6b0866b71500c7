// Who pushes, by the push certificate that receive-pack stored: its signature is verified here, and Git's word on it
// (GIT_PUSH_CERT_STATUS, which is good for strangers too) is not asked.

import { contentsOf } from '../git/frames.ts'
import { splitPushCertificate } from '../git/object.ts'
import type { PushUpdate } from '../git/push.ts'
import type { ObjectRecord } from '../history/record.ts'
import { checkPushCertificate } from '../hook/certificate.ts'
import type { Pusher } from '../hook/gate.ts'
import type { Configured } from './assessor.ts'
import type { ComposedGate } from './hook.ts'

/** Throws `git` where the certificate cannot be read. */
export async function composePusher(
  { world }: Configured,
  gate: Pick<ComposedGate, 'look' | 'readFrame'>,
  push: { readonly updates: readonly PushUpdate[]; readonly isWhole: boolean },
): Promise<Pusher> {
  const { GIT_PUSH_CERT: oid, GIT_PUSH_CERT_NONCE: nonce, GIT_PUSH_CERT_NONCE_STATUS: nonceStatus } = world.env
  // Git sets it to nothing where it could not store the certificate.
  if (oid === undefined) return { state: 'unknown' }
  if (oid === '') return { state: 'refused', why: 'it was not stored' }
  const frame = await gate.readFrame(oid)
  if (frame === undefined) return { state: 'refused', why: 'it cannot be read' }
  const record = await readRecord(gate, oid)
  if (record?.kind !== 'push certificate') return { state: 'refused', why: 'it is none' }
  const { finding } = record
  if (finding.state === 'rejected') return { state: 'refused', record, why: `${finding.check}: ${finding.why}` }
  if (finding.state === 'fault') return { state: 'refused', record, why: finding.why }
  if (finding.state === 'unsigned') return { state: 'refused', record, why: 'it is not signed' }
  const { payload } = splitPushCertificate(contentsOf(frame))
  const why = checkPushCertificate(payload, { nonce, nonceStatus }, push, world.now())
  return why === undefined ? { state: 'known', record } : { state: 'refused', record, why }
}

async function readRecord({ look }: Pick<ComposedGate, 'look'>, oid: string): Promise<ObjectRecord | undefined> {
  for await (const record of look({ objects: [oid], commits: [], excluded: [], firstParent: false })) return record
  return undefined
}
