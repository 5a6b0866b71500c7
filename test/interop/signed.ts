// Git signatures made on a sandbox, for other people's programs to look at: v1 with and without a timestamp, v2.
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { parseToken } from '../../src/oidc/token.ts'
import { createRekorClient } from '../../src/rekor/client.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { signPayload } from '../../src/sign/sign.ts'
import { createHttp } from '../../src/system/http.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { createTimestampClient } from '../../src/tsa/client.ts'

export interface Kind {
  readonly name: string
  readonly version: 1 | 2
  readonly withTimestamp: boolean
}

export const KINDS: readonly Kind[] = [
  { name: 'Rekor v1', version: 1, withTimestamp: false },
  { name: 'Rekor v1 and a timestamp', version: 1, withTimestamp: true },
  { name: 'Rekor v2', version: 2, withTimestamp: true },
]

export const EMAIL = 'kim@example.com'
/** A commit without a last newline, with CR and a byte that is no UTF-8. */
export const PAYLOAD = Buffer.from(
  'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nline\r\n\xff no last newline',
  'latin1',
)

export interface Signed {
  readonly armored: Uint8Array
  readonly der: Uint8Array
  readonly data: SignedData
}

/** Signs as EMAIL. */
export async function signOn(
  sandbox: Sandbox,
  { version, withTimestamp }: Omit<Kind, 'name'>,
  payload: Uint8Array = PAYLOAD,
): Promise<Signed> {
  const http = createHttp({ userAgent: 'gitsigil/test' })
  const { fulcio, rekor1, rekor2, tsa } = sandbox.urls
  const { logs } = parseTrustedRoot(sandbox.trustedRoot)
  const token = parseToken(await sandbox.mintToken({ email: EMAIL }), 'the test')
  const { armored } = await signPayload(payload, {
    identity: { token: async () => token },
    ca: createFulcioClient({ http, url: fulcio, now: Date.now }),
    log: createRekorClient({ http, url: version === 1 ? rekor1 : rekor2, version, logs }),
    ...(withTimestamp ? { timestamp: createTimestampClient({ http, url: `${tsa}/api/v1/timestamp` }) } : {}),
    clock: { now: Date.now },
  })
  const der = parseArmor(armored)
  return { armored, der, data: parseSignedData(der) }
}
