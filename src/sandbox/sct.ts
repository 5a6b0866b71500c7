// Signed certificate timestamps as a certificate embeds them (RFC 6962 sections 3.2 and 3.3).
import { encodeNull, encodeOctetString } from '../asn1/write.ts'
import { concatBytes, encodeUtf8, fromBase64, toBase64 } from '../bytes.ts'
import { encodeExtension, OID } from './certificate.ts'
import { Refusal, type Service } from './service.ts'
import { uint, vector } from './tls.ts'

/** Marks a precertificate, so that nobody can use it in place of the certificate. */
export const POISON: Uint8Array = encodeExtension(OID.poison, true, encodeNull())

/** The extension that holds one SCT. */
export function sctExtension(sct: Uint8Array): Uint8Array {
  return encodeExtension(OID.sctList, false, encodeOctetString(vector(vector(sct, 2), 2)))
}

/** Submits the precertificate with its issuer to the log and gives back the SCT it answers with. */
export async function submitPreChain(log: Service, chain: readonly Uint8Array[]): Promise<Uint8Array> {
  const body = encodeUtf8(JSON.stringify({ chain: chain.map(toBase64) }))
  const request = new Request('http://ct.sandbox/ct/v1/add-pre-chain', { method: 'POST', body: Uint8Array.from(body) })
  const answer = await log.handle(request)
  const value = answer.ok ? await answer.json().catch(() => undefined) : undefined
  if (!isSct(value)) throw new Refusal(500, 13, 'Error entering certificate in CTL')
  return concatBytes(
    Uint8Array.of(value.sct_version),
    fromBase64(value.id),
    uint(value.timestamp, 8),
    vector(fromBase64(value.extensions), 2),
    fromBase64(value.signature),
  )
}

interface SctAnswer {
  readonly sct_version: number
  readonly id: string
  readonly timestamp: number
  readonly extensions: string
  readonly signature: string
}

function isSct(value: unknown): value is SctAnswer {
  const answer = value as Partial<SctAnswer> | undefined | null
  return typeof answer?.signature === 'string' && typeof answer.timestamp === 'number' && typeof answer.id === 'string'
}
