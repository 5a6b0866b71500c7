// The trusted roots that the vectors are judged by.
import { encodeUtf8 } from '../../src/bytes.ts'
import { exchange, OID, purposes } from '../forge/certificate.ts'
import {
  CA_WINDOW,
  type Instance,
  MINUTE,
  makeInstance,
  SECOND,
  SIGNED_AT,
  STRANGERS,
  VECTORS,
} from '../forge/instance.ts'
import { curveKey, ed25519Key } from '../forge/key.ts'
import { makeLog } from '../forge/log.ts'
import { listCtLog, listFulcio, listLog, listTsa, makeTrustedRoot, type RootDocument } from '../forge/root.ts'
import { timeText } from '../forge/stamp.ts'

/** Of everything that is about an end of a window: a minute from the usual moment on. */
export const WINDOW = { start: SIGNED_AT, end: SIGNED_AT + MINUTE }

/** DER UTCTime. */
export function utcTime(time: number): Uint8Array {
  return timeText(`${new Date(time).toISOString().replace(/\D/g, '').slice(2, 14)}Z`, 0x17)
}

const inWindow = <Draft>(draft: Draft): Draft => ({
  ...draft,
  notBefore: utcTime(WINDOW.start),
  notAfter: utcTime(WINDOW.end),
})

/** Instances with the usual keys and one certificate other than usual. */
export const SHORT_INTERMEDIATE: Instance = makeInstance('vectors', { intermediate: inWindow })
export const SHORT_ROOT: Instance = makeInstance('vectors', { root: inWindow })
export const SHORT_TSA: Instance = makeInstance('vectors', { tsa: inWindow })
export const SHORT_TSA_ROOT: Instance = makeInstance('vectors', { tsaRoot: inWindow })
const LAX_TSA: Instance = makeInstance('vectors', {
  tsa: exchange(OID.extKeyUsage, purposes(false, OID.timeStamping)),
})

/** Shards that stand in the root beside the one that is used. */
const RETIRED = makeLog('0.0.1', 'rekor.vectors.example', curveKey('vectors retired rekor1'))
const RETIRED_V2 = makeLog('0.0.2', 'log2025.vectors.example', ed25519Key('vectors retired rekor2'))
const PAST = { start: CA_WINDOW.start, end: SIGNED_AT - SECOND }

/** Each is the usual root with one thing other. */
const DOCUMENTS = {
  all: makeTrustedRoot(),
  'several-shards': makeTrustedRoot({
    tlogs: [listLog(RETIRED, PAST), listLog(RETIRED_V2, PAST), listLog(VECTORS.rekor1), listLog(VECTORS.rekor2)],
  }),
  'two-instances': makeTrustedRoot({
    certificateAuthorities: [listFulcio(STRANGERS), listFulcio(VECTORS)],
    ctlogs: [listCtLog(STRANGERS), listCtLog(VECTORS)],
  }),
  'no-authority': makeTrustedRoot({ certificateAuthorities: [] }),
  'root-alone': makeTrustedRoot({ certificateAuthorities: [listFulcio(VECTORS, undefined, [VECTORS.root])] }),
  'disjoint-chain': makeTrustedRoot({
    certificateAuthorities: [listFulcio(VECTORS, undefined, [VECTORS.intermediate, STRANGERS.root])],
  }),
  'tsa-root-alone': makeTrustedRoot({ timestampAuthorities: [listTsa(VECTORS, undefined, [VECTORS.tsaRoot])] }),
  'tsa-not-critical': makeTrustedRoot({ timestampAuthorities: [listTsa(LAX_TSA)] }),
  'ca-window': makeTrustedRoot({ certificateAuthorities: [listFulcio(VECTORS, WINDOW)] }),
  'rekor-v1-window': makeTrustedRoot({ tlogs: [listLog(VECTORS.rekor1, WINDOW)] }),
  'rekor-v2-window': makeTrustedRoot({ tlogs: [listLog(VECTORS.rekor2, WINDOW)] }),
  'ct-window': makeTrustedRoot({ ctlogs: [listCtLog(VECTORS, WINDOW)] }),
  'tsa-window': makeTrustedRoot({ timestampAuthorities: [listTsa(VECTORS, WINDOW)] }),
  'intermediate-window': makeTrustedRoot({}, SHORT_INTERMEDIATE),
  'root-window': makeTrustedRoot({}, SHORT_ROOT),
  'tsa-certificate-window': makeTrustedRoot({}, SHORT_TSA),
  'tsa-root-window': makeTrustedRoot({}, SHORT_TSA_ROOT),
} as const satisfies Readonly<Record<string, RootDocument>>

export type RootName = keyof typeof DOCUMENTS

/** The files, by their names. */
export const ROOTS: ReadonlyMap<RootName, Uint8Array> = new Map(
  Object.entries(DOCUMENTS).map(([name, document]) => [
    name as RootName,
    encodeUtf8(`${JSON.stringify(document, null, 2)}\n`),
  ]),
)
